/**
 * How many decisions a second the scheduler makes, without the API: `node bench/scheduler.ts [NAME…]`.
 *
 * Time is CPU time of this thread, since the machine may be shared; that of all threads, the collector's among them,
 * stands beside it. Growth: what a pod of the last half costs, of what one of the first half costs; the first also warms
 * the engine up. `--share 0.1` takes a tenth of the pods. It prints a table for docs/performance.md.
 */
import { parseArgs } from 'node:util';
import { DecisionBench } from './decision-bench.ts';
import { workloads } from './scheduler-workloads.ts';

interface Cost {
  readonly pods: number;
  readonly ownMicros: number;
  readonly allMicros: number;
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { share: { type: 'string', default: '1' } },
});

print('workload', 'pods', 'pods/s', 'µs a pod', 'all threads', 'growth');
print('---', '---', '---', '---', '---', '---');
for (const workload of workloads) {
  if (positionals.length > 0 && !positionals.some((name) => workload.name.includes(name))) continue;
  const bench = new DecisionBench(workload);
  bench.prepare(Number(options.share));
  const [first, last] = [cost(bench, 0.5), cost(bench, 1)];
  const pods = first.pods + last.pods;
  const micros = (first.ownMicros + last.ownMicros) / pods;
  const all = (first.allMicros + last.allMicros) / pods;
  const growth = last.ownMicros / last.pods / (first.ownMicros / first.pods);
  const rate = (1e6 / micros).toFixed(0);
  print(workload.name, String(pods), rate, micros.toFixed(1), all.toFixed(1), `×${growth.toFixed(2)}`);
}

function cost(bench: DecisionBench, upTo: number): Cost {
  const before = { own: process.threadCpuUsage(), all: process.cpuUsage() };
  const pods = bench.measure(upTo);
  const own = process.threadCpuUsage(before.own);
  const all = process.cpuUsage(before.all);
  return { pods, ownMicros: own.user + own.system, allMicros: all.user + all.system };
}

function print(name: string, ...figures: readonly string[]): void {
  process.stdout.write(`| ${name.padEnd(28)} | ${figures.map((figure) => figure.padStart(11)).join(' | ')} |\n`);
}
