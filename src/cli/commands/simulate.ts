import { placesFor } from '../../cluster/simulation-places.ts';
import { requestedCredentials } from '../../cluster/simulation-credentials.ts';
import type { Figures } from '../../simulation/figures.ts';
import { runSimulation } from '../../simulation/simulation.ts';
import type { Command } from '../command.ts';
import { readSimulation } from '../read-simulation.ts';
import { componentFlags, runComponent } from '../run-component.ts';
import { showSimulation, simulationReport } from '../simulation-report.ts';

/** Over the network; more only wait at the server. */
const writesAtOnce = 64;

export const command: Command = {
  description: [
    'Gives any Kubernetes cluster nodes that only pretend, thousands of them in this one process: they keep their leases, and their',
    'pods run, become ready, fail and finish as a file says. Ctrl-C ends it and prints what happened when; the nodes stay in',
    'the API and become not ready. See docs/simulation.md.',
  ].join('\n'),
  flags: {
    nodes: { value: 'N', help: 'How many nodes (default 10, or what the file says).' },
    file: { value: 'FILE', help: 'How nodes and pods behave; examples are in examples/simulation.' },
    'node-address': {
      value: 'IP',
      help: 'Where the API server reaches this process (default: loopback for a server of this machine).',
    },
    port: { value: 'N', help: 'Port of the server for logs and exec (default any free one).' },
    ...componentFlags,
  },
  examples: {
    'slipway simulate --nodes 100 --kubeconfig admin.conf': 'A hundred nodes whose pods run at once.',
    'slipway simulate --file examples/simulation/chaos.yaml': 'Nodes that come and go, pods that crash.',
  },
  async run(invocation) {
    const { flags, terminal, signal } = invocation;
    const scenario = await readSimulation({
      fileFlag: '--file',
      file: flags.text('file'),
      nodesFlag: '--nodes',
      nodes: flags.number('nodes', 1, 10_000),
    });
    const port = flags.number('port', 0, 65_535) ?? 0;
    let figures: Figures | undefined;
    showSimulation(terminal, () => figures, signal);
    const status = await runComponent(invocation, {
      name: 'simulation',
      elected: false,
      async run(until, context, access) {
        const places = await placesFor(access.client.server, flags.text('node-address'));
        const credentials = requestedCredentials(context, access, until);
        const started = (own: Figures): void => {
          figures = own;
        };
        await runSimulation(until, context, { scenario, places, credentials, port, writesAtOnce, started });
      },
    });
    if (figures !== undefined) terminal.write(simulationReport(figures));
    return status;
  },
};
