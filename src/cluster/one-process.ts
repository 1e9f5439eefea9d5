/**
 * A whole cluster in one process: the control plane, and every component as a part of its own with an identity of its own,
 * all through the API. Parts that fail start again; the end comes in the opposite order of the start.
 */
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../base/log.ts';
import { systemClock } from '../base/clock.ts';
import { systemRandom } from '../base/random.ts';
import type { User } from '../apiserver/user.ts';
import type { ComponentContext } from '../client/component.ts';
import { componentContext, controllersPart, schedulerPart } from './components.ts';
import { controllerManager, scheduler } from './identities.ts';
import { createInProcessClient } from './in-process-client.ts';
import { createSupervisor, type Supervisor } from './supervise.ts';
import type { RuntimeWish } from './choose-runtime.ts';
import { startControlPlane, type ControlPlane } from './control-plane.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { prepareMachine } from './prepare-machine.ts';
import type { Steps } from './steps.ts';

export interface ClusterOptions {
  readonly dataDirectory: string;
  /** Port of the API. */
  readonly port: number;
  readonly nodes: number;
  readonly runtime: RuntimeWish;
  readonly log: Log;
}

export interface RunningCluster {
  readonly kubeconfig: string;
  readonly url: string;
  /** Ends every part, then the control plane. The data stays. */
  stop(): Promise<void>;
}

const serviceRange = '10.96.0.0/16';

/** Resolves when the API is served and every component was started. @throws SetupError for what the user can mend. */
export async function startCluster(
  options: ClusterOptions,
  steps: Steps,
  signal: AbortSignal,
): Promise<RunningCluster> {
  const runtime = await prepareMachine(options.runtime, steps, signal);
  const names = nodeNames(options.nodes);
  const controlPlane = await startControlPlane(
    {
      dataDirectory: options.dataDirectory,
      // Pods reach the API at the machine's own address.
      bindAddress: runtime === 'containerd' ? '0.0.0.0' : '127.0.0.1',
      port: options.port,
      portFlag: '--port',
      serviceRange,
      nodes: names.map((name) => ({ name, hosts: ['127.0.0.1'] })),
      log: options.log,
    },
    steps,
  );
  try {
    await writeKubeconfigs(controlPlane);
    const supervisor = startComponents(controlPlane, options);
    const stop = async (): Promise<void> => {
      await supervisor.stop();
      await controlPlane.close();
    };
    return { kubeconfig: controlPlane.directory.kubeconfig, url: controlPlane.url, stop };
  } catch (error) {
    await controlPlane.close();
    throw error;
  }
}

function startComponents({ apiServer, certificates }: ControlPlane, { log }: ClusterOptions): Supervisor {
  const supervisor = createSupervisor({ clock: systemClock, random: systemRandom, log });
  const context = (name: string, user: User): ComponentContext =>
    componentContext(createInProcessClient({ apiServer, user, userAgent: name }), log.named(name));
  const rootCertificate = certificates.authority.certificate;
  supervisor.start(controllersPart(context('kube-controller-manager', controllerManager), { rootCertificate }));
  supervisor.start(schedulerPart(context('kube-scheduler', scheduler)));
  return supervisor;
}

/** The administrator's, and one for each component that may run as a process of its own. */
async function writeKubeconfigs({ directory, certificates, url }: ControlPlane): Promise<void> {
  const common = { server: url, authority: certificates.authority.certificate };
  const { admin, ...components } = certificates.clients;
  const nodes = [...certificates.nodes].map(([name, { client }]) => [`kubelet-${name}`, client] as const);
  await Promise.all([
    writeKubeconfig({ ...common, path: directory.kubeconfig, user: 'kubernetes-admin', client: admin }),
    ...[...Object.entries(components), ...nodes].map(([user, client]) =>
      writeKubeconfig({ ...common, path: join(directory.kubeconfigs, user), user, client }),
    ),
  ]);
}

/** This machine's name for the first node, the same with a number for those beside it. */
function nodeNames(count: number): readonly string[] {
  const name = hostname().toLowerCase();
  return Array.from({ length: count }, (_, index) => (index === 0 ? name : `${name}-${index + 1}`));
}
