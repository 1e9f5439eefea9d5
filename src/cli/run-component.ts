/** Runs one component of a cluster as a process of its own, against whatever API server a kubeconfig names. */
import { hostname } from 'node:os';
import { systemClock } from '../base/clock.ts';
import { errorText } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import type { ComponentContext } from '../client/component.ts';
import { createHttpClient } from '../client/http-client.ts';
import { findClusterAccess, type ClusterAccess } from '../client/kubeconfig.ts';
import { runElected } from '../client/leader-election.ts';
import { startComponentServer, type ComponentServer, type ComponentServerOptions } from '../client/component-server.ts';
import { keepRunning } from '../cluster/supervise.ts';
import { SetupError } from '../cluster/setup-error.ts';
import { verboseFlag, type Flag, type Invocation } from './command.ts';
import type { ElectionChoice } from './election-flags.ts';
import { terminalLog } from './terminal-log.ts';

export const componentFlags: Readonly<Record<'kubeconfig' | 'verbose', Flag>> = {
  kubeconfig: { value: 'FILE', help: 'Where the cluster is and who to be (default $KUBECONFIG, else ~/.kube/config).' },
  ...verboseFlag,
};

type Serving = Pick<ComponentServerOptions, 'address' | 'port' | 'credentials' | 'metricsText'>;

export interface Component {
  /** As Kubernetes calls it: kube-scheduler. */
  readonly name: string;
  /** Of several copies only one works at a time: the one that holds the lease of this name in kube-system, or of another. */
  readonly elected: boolean | ElectionChoice;
  /** Where it tells of itself, whether it works or waits for the lease; default: nowhere. */
  readonly serving?: Serving | undefined;
  run(signal: AbortSignal, context: ComponentContext, access: ClusterAccess): Promise<void>;
}

/** Runs until the signal aborts, and again after a failure. @throws SetupError when no cluster can be found. */
export async function runComponent({ flags, terminal, signal }: Invocation, component: Component): Promise<number> {
  const { name } = component;
  const log = terminalLog(flags.has('verbose'), terminal.writeError).named(name);
  const access = await findAccess(flags.text('kubeconfig'));
  const client = createHttpClient({ ...access.client, userAgent: name });
  const context = { client, clock: systemClock, random: systemRandom, log };
  const work = (until: AbortSignal): Promise<void> => component.run(until, context, access);
  const { elected } = component;
  const chosen = typeof elected === 'object' ? elected : {};
  const identity = `${hostname()}_${crypto.randomUUID()}`;
  const election = { namespace: 'kube-system', name, identity, ...chosen };
  const part = {
    name,
    run: (until: AbortSignal) => (elected === false ? work(until) : runElected(until, context, election, work)),
  };
  const server = await serve(component, context);
  const where = server === undefined ? '' : `, told of on port ${server.port}`;
  terminal.write(`${terminal.style('green', '✔')} ${name} works for ${access.client.server}${where}\n`);
  await keepRunning(part, signal, context);
  await server?.close();
  client.close();
  return 0;
}

async function serve({ name, serving }: Component, context: ComponentContext): Promise<ComponentServer | undefined> {
  if (serving === undefined) return undefined;
  try {
    return await startComponentServer({ ...context, name, ...serving });
  } catch (error) {
    const reason = `Cannot listen on port ${serving.port} for ${name}: ${errorText(error)}`;
    throw new SetupError(`${reason}. Name another with --secure-port, or 0 for none`, { cause: error });
  }
}

async function findAccess(path: string | undefined): Promise<ClusterAccess> {
  try {
    return await findClusterAccess({ path, environment: process.env, clock: systemClock });
  } catch (error) {
    throw new SetupError(`${errorText(error)}. Name a kubeconfig with --kubeconfig`, { cause: error });
  }
}
