/** Runs one component of a cluster as a process of its own, against whatever API server a kubeconfig names. */
import { hostname } from 'node:os';
import { systemClock } from '../base/clock.ts';
import { errorText } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import type { ComponentContext } from '../client/component.ts';
import { createHttpClient } from '../client/http-client.ts';
import { findClusterAccess, type ClusterAccess } from '../client/kubeconfig.ts';
import { runElected } from '../client/leader-election.ts';
import { keepRunning } from '../cluster/supervise.ts';
import { SetupError } from '../cluster/setup-error.ts';
import { verboseFlag, type Flag, type Invocation } from './command.ts';
import { terminalLog } from './terminal-log.ts';

export const componentFlags: Readonly<Record<'kubeconfig' | 'verbose', Flag>> = {
  kubeconfig: { value: 'FILE', help: 'Where the cluster is and who to be (default $KUBECONFIG, else ~/.kube/config).' },
  ...verboseFlag,
};

export interface Component {
  /** As Kubernetes calls it: kube-scheduler. */
  readonly name: string;
  /** Of several copies only one works at a time: the one that holds the lease of this name in kube-system. */
  readonly elected: boolean;
  run(signal: AbortSignal, context: ComponentContext, access: ClusterAccess): Promise<void>;
  /** What it does whether it works or waits for the lease, such as serving its health; ends when the signal aborts. */
  readonly beside?: ((signal: AbortSignal, context: ComponentContext) => Promise<void>) | undefined;
}

/** Runs until the signal aborts, and again after a failure. @throws SetupError when no cluster can be found. */
export async function runComponent({ flags, terminal, signal }: Invocation, component: Component): Promise<number> {
  const { name } = component;
  const log = terminalLog(flags.has('verbose'), terminal.writeError).named(name);
  const access = await findAccess(flags.text('kubeconfig'));
  const client = createHttpClient({ ...access.client, userAgent: name });
  const context = { client, clock: systemClock, random: systemRandom, log };
  const work = (until: AbortSignal): Promise<void> => component.run(until, context, access);
  const election = { namespace: 'kube-system', name, identity: `${hostname()}_${crypto.randomUUID()}` };
  const part = {
    name,
    run: (until: AbortSignal) => (component.elected ? runElected(until, context, election, work) : work(until)),
  };
  terminal.write(`${terminal.style('green', '✔')} ${name} works for ${access.client.server}\n`);
  const parts = [part];
  if (component.beside !== undefined) {
    const { beside } = component;
    parts.push({ name: `${name} server`, run: (until: AbortSignal) => beside(until, context) });
  }
  await Promise.all(parts.map((each) => keepRunning(each, signal, context)));
  client.close();
  return 0;
}

async function findAccess(path: string | undefined): Promise<ClusterAccess> {
  try {
    return await findClusterAccess({ path, environment: process.env, clock: systemClock });
  } catch (error) {
    throw new SetupError(`${errorText(error)}. Name a kubeconfig with --kubeconfig`, { cause: error });
  }
}
