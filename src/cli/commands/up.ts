import { defaultDataDirectory } from '../../cluster/data-directory.ts';
import { startCluster } from '../../cluster/one-process.ts';
import type { Scenario } from '../../simulation/scenario.ts';
import { verboseFlag, type Command, type Invocation } from '../command.ts';
import { etcdClientFlags, readEtcdClientFlags } from '../etcd-client-flags.ts';
import { readUrls } from '../etcd-listening.ts';
import { featureGatesFlag, readFeatureGates, readRuntimeConfig, runtimeConfigFlag } from '../feature-flags.ts';
import { createProgress } from '../progress.ts';
import { systemClock } from '../../base/clock.ts';
import { aborted } from '../aborted.ts';
import { collectWhenIdle } from '../collect-when-idle.ts';
import { backupFlags, readBackupFlags, startScheduledBackups } from '../backup-flags.ts';
import { readSimulation } from '../read-simulation.ts';
import { showSimulation, simulationReport } from '../simulation-report.ts';
import { terminalLog } from '../terminal-log.ts';
import type { Terminal } from '../terminal.ts';
import { kubectlName } from '../kubectl-name.ts';

export const command: Command = {
  description: [
    'Starts a whole cluster in this process and stays in the foreground. Ctrl-C ends everything it started and keeps the',
    'data; the next start finds every object and brings the pods back. Where containers cannot run (no root, no Linux),',
    'the node is simulated: pods get their status, no container runs.',
  ].join('\n'),
  flags: {
    'data-dir': { value: 'DIR', help: `Where the cluster keeps everything (default ${defaultDataDirectory()}).` },
    port: { value: 'N', help: 'Port of the API (default 6443).' },
    nodes: { value: 'N', help: 'Number of nodes; those after the first are simulated (default 1).' },
    'simulated-nodes': {
      value: 'N',
      help: 'Nodes that are made up all together, for tests of scale; with them --nodes is 0 unless it is given.',
    },
    simulation: { value: 'FILE', help: 'How simulated nodes and their pods behave (docs/simulation.md).' },
    runtime: { value: 'auto|containerd|simulated', help: 'What runs containers (default auto: containerd if it can).' },
    'cloud-provider': {
      value: 'local|external',
      help: 'Who gives Services of type LoadBalancer an address (default local: a pool of this machine).',
    },
    ...backupFlags,
    'etcd-listen-client-urls': {
      value: 'URLS',
      help: 'Serve the store by the etcd v3 API at these, with commas between: https:// (for administrators), unix://.',
    },
    ...etcdClientFlags,
    ...runtimeConfigFlag,
    ...featureGatesFlag,
    ...verboseFlag,
  },
  examples: {
    'slipway up': 'One node, with real containers where that is possible.',
    'slipway up --runtime simulated --nodes 100': 'A hundred nodes that only pretend.',
    'slipway up --simulated-nodes 5000': 'Five thousand nodes whose pods run at once; see docs/simulation.md.',
    'slipway up --data-dir /tmp/try --port 7443': 'A second cluster beside another.',
    'slipway up --backup-dir /mnt/safe --backup-keep 48': 'Take a backup every hour, keep two days of them.',
  },
  async run({ flags, terminal, signal }) {
    const progress = createProgress(terminal, () => performance.now());
    const schedule = readBackupFlags(flags);
    const etcd = await readEtcdClientFlags(flags);
    const scenario = await simulationOf(flags);
    const leastNodes = scenario === undefined ? 1 : 0;
    const nodes = flags.number('nodes', leastNodes, 5000) ?? leastNodes;
    const log = terminalLog(flags.has('verbose'), (line) => progress.note(line.trimEnd()));
    const options = {
      dataDirectory: flags.text('data-dir') ?? defaultDataDirectory(),
      port: flags.number('port', 1, 65_535) ?? 6443,
      nodes,
      etcdListenUrls: readUrls(flags, 'etcd-listen-client-urls') ?? [],
      runtime: nodes === 0 ? 'simulated' : (flags.choice('runtime', ['auto', 'containerd', 'simulated']) ?? 'auto'),
      ...(scenario === undefined ? {} : { scenario }),
      cloud: flags.choice('cloud-provider', ['local', 'external']) ?? 'local',
      ...readRuntimeConfig(flags, (message) => log.warn(message)),
      featureGates: readFeatureGates(flags),
      log,
      ...(etcd === undefined ? {} : { etcd }),
    } as const;
    const cluster = await startCluster(options, progress, signal);
    const stopBackups = startScheduledBackups(schedule, options.dataDirectory, { flags, log });
    collectWhenIdle(systemClock);
    if (!signal.aborted) {
      const ready = `ready in ${Math.round(performance.now())} ms, kubeconfig ${cluster.kubeconfig}`;
      terminal.write(`${terminal.style('green', '✔')} ${terminal.style('bold', ready)}\n`);
      terminal.write(await nextThings(cluster.kubeconfig, terminal));
      if (scenario !== undefined) showSimulation(terminal, () => cluster.figures(), signal);
      await aborted(signal);
    }
    const figures = cluster.figures();
    await stopBackups();
    await progress.step('stopped, the data is kept', () => cluster.stop());
    if (figures !== undefined) terminal.write(simulationReport(figures));
    return 0;
  },
};

/** Undefined: nothing is simulated but what --nodes says. */
async function simulationOf(flags: Invocation['flags']): Promise<Scenario | undefined> {
  const nodes = flags.number('simulated-nodes', 1, 10_000);
  const file = flags.text('simulation');
  if (nodes === undefined && file === undefined) return undefined;
  return await readSimulation({ fileFlag: '--simulation', file, nodesFlag: '--simulated-nodes', nodes });
}

async function nextThings(kubeconfig: string, terminal: Terminal): Promise<string> {
  const lines = [`export KUBECONFIG=${kubeconfig}`, `${await kubectlName()} get nodes`, './slipway demo'];
  const commands = lines.map((line) => `  ${terminal.style('cyan', line)}\n`).join('');
  return `\nIn another terminal:\n${commands}\nCtrl-C stops the cluster and keeps its data.\n`;
}
