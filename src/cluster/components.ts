/**
 * The components of a cluster as parts of a process: each gets a client with its own identity and its own log. Whether the
 * client calls the API server of this process or goes over the network is the caller's matter.
 */
import { hostname } from 'node:os';
import { systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import type { Client } from '../client/client.ts';
import type { ComponentContext } from '../client/component.ts';
import { openLocalProvider, type LocalProviderOptions } from '../cloud/providers/local/open.ts';
import { runCloudControllers } from '../cloud/run-cloud-controllers.ts';
import { runControllers, type ControllersOptions } from '../controllers/run-controllers.ts';
import { runLocalPath } from '../local-path/provisioner.ts';
import { runScheduler } from '../scheduler/scheduler.ts';
import { ensureStorageObjects } from './storage-objects.ts';
import type { Part } from './supervise.ts';

/** The environment of a component of this process. */
export function componentContext(client: Client, log: Log): ComponentContext {
  return { client, clock: systemClock, random: systemRandom, log };
}

export function schedulerPart(context: ComponentContext): Part {
  return { name: 'scheduler', run: (signal) => runScheduler(signal, context, { host: hostname() }) };
}

export function controllersPart(context: ComponentContext, options: ControllersOptions): Part {
  return { name: 'controllers', run: (signal) => runControllers(signal, context, options) };
}

/** `admin`: makes the class and the provisioner's rights. `folderOf`: where a node of this process keeps its volumes. */
export function storagePart(
  context: ComponentContext,
  { admin, folderOf }: { readonly admin: Client; readonly folderOf: (nodeName: string) => string | undefined },
): Part {
  return {
    name: 'local-path',
    async run(signal) {
      await ensureStorageObjects(admin);
      await runLocalPath(signal, context, { folderOf });
    },
  };
}

/** Services of type LoadBalancer without a cloud. `clientOf`: who acts as a service account of kube-system. */
export function localCloudPart(
  context: ComponentContext,
  provider: LocalProviderOptions,
  clientOf: (account: string) => Client,
): Part {
  return {
    name: 'cloud controllers',
    run: (signal) =>
      runCloudControllers(signal, context, { open: (given) => openLocalProvider(provider, given), clientOf }),
  };
}
