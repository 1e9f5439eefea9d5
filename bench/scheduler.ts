/**
 * How many decisions a second the scheduler makes, without the API: `node bench/scheduler.ts [NAME…]`.
 *
 * Time is CPU time of this thread, since the machine may be shared; that of all threads, the collector's among them,
 * stands beside it. `--share 0.1` takes a tenth of the pods.
 */
import { parseArgs } from 'node:util';
import { DecisionBench } from './decision-bench.ts';
import { workloads } from './scheduler-workloads.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { share: { type: 'string', default: '1' } },
});

process.stdout.write(`${'workload'.padEnd(30)}${'pods'.padStart(8)}${'pods/s'.padStart(10)}${'µs/pod'.padStart(10)}`);
process.stdout.write(`${'all threads'.padStart(14)}\n`);
for (const workload of workloads) {
  if (positionals.length > 0 && !positionals.some((name) => workload.name.includes(name))) continue;
  const bench = new DecisionBench(workload);
  bench.prepare(Number(options.share));
  const before = { own: process.threadCpuUsage(), all: process.cpuUsage() };
  const placed = bench.measure();
  const own = process.threadCpuUsage(before.own);
  const all = process.cpuUsage(before.all);
  const micros = (own.user + own.system) / placed;
  const figures = [
    placed.toFixed(0).padStart(8),
    (1e6 / micros).toFixed(0).padStart(10),
    micros.toFixed(1).padStart(10),
  ];
  process.stdout.write(`${workload.name.padEnd(30)}${figures.join('')}`);
  process.stdout.write(`${((all.user + all.system) / placed).toFixed(1).padStart(14)}\n`);
}
