/**
 * What must be there while the server runs, whoever deleted it: the namespaces of the system, the Service `kubernetes` with
 * its address and endpoints, the range of addresses that Services are given, and what extension servers are told of whom to
 * believe. Looked at every ten seconds; the last of them at once when it changes, because extension servers follow it.
 *
 * At the start the Service also gets the type and ports back that it should have; later those are an administrator's.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Service } from '../../api/groups/core.v1.ts';
import type { ServiceCIDR } from '../../api/groups/networking.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { AnyResource } from '../../api/resource.ts';
import { ConfigMaps, ServiceCIDRs, Services } from '../../api/resources.ts';
import type { Json } from '../../api/schema.ts';
import { formatTime } from '../../api/time.ts';
import { errorText } from '../../base/log.ts';
import type { Api } from '../api.ts';
import { authenticationConfigKey } from '../aggregation/authentication-config.ts';
import { ownRequest } from '../custom-resources/own-request.ts';
import { storageKey } from '../registry/served.ts';
import { update } from '../verbs/update.ts';
import { apiServicePorts, essentials, rangeReady, type BootstrapOptions } from './bootstrap.ts';
import { seedMissing } from './seed.ts';
import { keepUp, type Upkeep } from './upkeep.ts';

/** `publish`: tells extension servers whom to believe, if they are told otherwise. */
export async function keepEssentials(
  api: Api,
  options: BootstrapOptions,
  publish: () => Promise<void>,
): Promise<Upkeep> {
  await mendApiService(api, options).catch((error: unknown) => {
    // Another server that starts beside this one was quicker; the Service leads to both by its endpoints.
    api.log.warn('Could not mend the Service kubernetes', { why: errorText(error) });
  });
  const upkeep = await keepUp(api, 'what every cluster has', async () => {
    for (const [resource, seeds] of essentials(options, formatTime(api.clock.now()))) {
      await seedMissing(api, resource, seeds);
    }
    await mendRange(api, options);
    await api.reservations.repair();
    await publish();
  });
  const unfollow = followPublished(api, publish);
  return {
    async stop() {
      unfollow();
      await upkeep.stop();
    },
  };
}

/** Looks again when somebody else changed or deleted it; one look at a time. */
function followPublished(api: Api, publish: () => Promise<void>): () => void {
  const { cache } = api.resources.of(ConfigMaps);
  let looking: Promise<void> | undefined;
  const look = (): void => {
    looking ??= publish()
      .catch((error: unknown) => api.log.warn('Could not publish whom to believe', { why: errorText(error) }))
      .finally(() => (looking = undefined));
  };
  return cache.follow(authenticationConfigKey(api), look);
}

async function mendApiService(api: Api, { securePort }: BootstrapOptions): Promise<void> {
  await change<Service>(api, Services, 'default', (service) => {
    const ports = (service.spec.ports ?? []).map(({ name, protocol, port, targetPort }) => ({
      name,
      protocol,
      port,
      targetPort,
    }));
    const wanted = apiServicePorts(securePort);
    if (service.spec.type === 'ClusterIP' && isDeepStrictEqual(ports, wanted)) return undefined;
    return { ...service, spec: { ...service.spec, type: 'ClusterIP', ports: wanted } };
  });
}

/** Says that the range is in use where nobody says anything. */
async function mendRange(api: Api, { serviceClusterIpRange }: BootstrapOptions): Promise<void> {
  await change<ServiceCIDR>(
    api,
    ServiceCIDRs,
    undefined,
    (range) => {
      const conditions = range.status?.conditions ?? [];
      if (range.metadata.deletionTimestamp !== undefined || conditions.some(({ type }) => type === 'Ready'))
        return undefined;
      if (!isDeepStrictEqual(range.spec?.cidrs, [serviceClusterIpRange])) return undefined;
      return { ...range, status: { conditions: [...conditions, rangeReady(formatTime(api.clock.now()))] } };
    },
    'status',
  );
}

/** Writes what `make` makes of the object named kubernetes; undefined = it is as it should be. */
async function change<T extends { readonly metadata: object }>(
  api: Api,
  resource: AnyResource,
  namespace: string | undefined,
  make: (object: T) => object | undefined,
  subresource = '',
): Promise<void> {
  const served = api.resources.of(resource);
  const name = 'kubernetes';
  const existing = served.cache.get(storageKey(served, namespace, name))?.object as KubeObject | undefined;
  const body = existing === undefined ? undefined : make(existing as unknown as T);
  if (body === undefined) return;
  const request = ownRequest(served, { verb: 'update', name, namespace, subresource, body: body as unknown as Json });
  await update(api, served, request);
}
