/**
 * The cloud controller manager: the controllers that a provider has parts for, over one set of informers. Each acts as the
 * service account that Kubernetes has for it, whose bootstrap role gives it what it needs and no more.
 */
import type { Service } from '../api/groups/core.v1.ts';
import { Services } from '../api/resources.ts';
import type { Client } from '../client/client.ts';
import type { ComponentContext } from '../client/component.ts';
import { runController, type Controller, type ControllersContext } from '../client/controller.ts';
import { createEventRecorder } from '../client/events.ts';
import { createInformers } from '../client/shared-informers.ts';
import type { CloudProvider } from './provider.ts';
import { cloudNodeController } from './node/reconcile.ts';
import { cloudNodeLifecycleController } from './node-lifecycle/reconcile.ts';
import { routeController } from './route/reconcile.ts';
import { serviceController } from './service/reconcile.ts';

/** What a provider may use. */
export interface ProviderContext extends Omit<ComponentContext, 'client'> {
  /** Every Service of the cluster as it is known; complete before a load balancer is asked for. */
  readonly services: () => readonly Service[];
  /** Aborts when the controllers end. */
  readonly signal: AbortSignal;
}

export interface CloudControllersOptions {
  readonly open: (context: ProviderContext) => CloudProvider | Promise<CloudProvider>;
  /** As --controllers has it, such as ['*', '-route']; default: all that the provider has parts for. */
  readonly names?: readonly string[];
  /** Ranges of all pods (--cluster-cidr). Without them no routes are made. */
  readonly clusterRanges?: readonly string[];
  /** The client that acts as a service account of kube-system; default: all share the one of the context. */
  readonly clientOf?: (account: string) => Client;
}

interface CloudController {
  readonly account: string;
  readonly controller: Controller;
}

/** Runs until the signal aborts; the provider is closed when the controllers have ended. */
export async function runCloudControllers(
  signal: AbortSignal,
  context: ComponentContext,
  options: CloudControllersOptions,
): Promise<void> {
  const clientOf = (account: string): Client => options.clientOf?.(account) ?? context.client;
  // Of the accounts, this is the one that may follow Services as well as nodes.
  const informers = createInformers({ ...context, client: clientOf(serviceAccount), signal });
  const { clock, random, log } = context;
  const services = (): readonly Service[] => informers.of(Services).list();
  const provider = await options.open({ clock, random, log: log.named('cloud/provider'), services, signal });
  const controllers = controllersFor(provider, options);
  log.info('Works for a cloud', { provider: provider.name, controllers: controllers.map(nameOf).join(' ') });
  try {
    await untilAborted(signal, controllers.length === 0);
    await Promise.all(
      controllers.map(({ account, controller }) => {
        const own = { ...context, client: clientOf(account) };
        const events = createEventRecorder({ ...own, component: controller.name, signal });
        const recordEvent: ControllersContext['recordEvent'] = (_source, object, { type, reason, message }) =>
          events.event(object, type, reason, message);
        return runController(signal, { ...own, informers, recordEvent }, controller);
      }),
    );
  } finally {
    await provider.close();
  }
  await informers.whenEnded();
}

const nameOf = ({ controller }: CloudController): string => controller.alias;

/** With nothing to do there is still nothing that has ended. */
async function untilAborted(signal: AbortSignal, hasNothingToDo: boolean): Promise<void> {
  if (!hasNothingToDo || signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

const serviceAccount = 'service-controller';

/** What --controllers calls each of them: its name in Kubernetes and its alias here. */
export const cloudControllerNames: readonly (readonly [name: string, alias: string])[] = [
  ['cloud-node-controller', 'cloud-node'],
  ['cloud-node-lifecycle-controller', 'cloud-node-lifecycle'],
  ['node-route-controller', 'route'],
  ['service-lb-controller', 'service'],
];

function controllersFor(
  { instances, routes, loadBalancers }: CloudProvider,
  { clusterRanges = [], names = ['*'] }: CloudControllersOptions,
): readonly CloudController[] {
  const found: CloudController[] = [];
  if (instances !== undefined) {
    found.push({ account: 'node-controller', controller: cloudNodeController(instances) });
    found.push({ account: 'node-controller', controller: cloudNodeLifecycleController(instances) });
  }
  if (routes !== undefined && clusterRanges.length > 0) {
    found.push({ account: 'route-controller', controller: routeController(routes, { clusterRanges }) });
  }
  if (loadBalancers !== undefined) {
    found.push({ account: serviceAccount, controller: serviceController(loadBalancers) });
  }
  return found.filter(({ controller }) => isChosen(controller.alias, names));
}

/** What is named explicitly wins over `*`. */
function isChosen(alias: string, names: readonly string[]): boolean {
  const all = cloudControllerNames.find(([, short]) => short === alias) ?? [alias];
  if (all.some((name) => names.includes(name))) return true;
  return names.includes('*') && !all.some((name) => names.includes(`-${name}`));
}
