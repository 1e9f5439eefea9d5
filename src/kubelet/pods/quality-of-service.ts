/** The class by which the node treats a pod when it runs short: told by its requests and limits of cpu and memory. */
import type { Pod } from '../../api/groups/core.v1.ts';
import { compareQuantities, parseQuantity } from '../../api/quantity.ts';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

export function qosClass(pod: Pod): QosClass {
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].map(({ resources }) => resources);
  const all = pod.spec.resources === undefined ? containers : [pod.spec.resources];
  const isSet = (text: string | undefined): text is string => text !== undefined && parseQuantity(text).nanos > 0n;
  const asks = all.some(({ requests = {}, limits = {} }) =>
    [requests['cpu'], requests['memory'], limits['cpu'], limits['memory']].some(isSet),
  );
  if (!asks) return 'BestEffort';
  const isExact = all.every(({ requests = {}, limits = {} }) =>
    ['cpu', 'memory'].every((name) => {
      const [request, limit] = [requests[name] ?? limits[name], limits[name]];
      if (!isSet(limit) || request === undefined) return false;
      return compareQuantities(parseQuantity(request), parseQuantity(limit)) === 0;
    }),
  );
  return isExact ? 'Guaranteed' : 'Burstable';
}
