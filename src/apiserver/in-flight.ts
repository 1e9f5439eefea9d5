/** How many requests there are at once, reads and writes; and the plain limits on both, for servers without fairness. */
import type { RequestLimits } from './request-limits.ts';
import { isMutating } from './request-limits.ts';
import type { ApiRequest } from './request.ts';
import { OverloadError } from './fairness/overload-error.ts';

export interface InFlight {
  readonly reads: number;
  readonly writes: number;
  /** Returns what ends the request's place. A limit of 0 is none. @throws OverloadError when `limited` */
  enter(request: ApiRequest, limited: boolean): () => void;
}

type Kind = 'reads' | 'writes';

export interface InFlightListener {
  /** Told of each change, and of how many may be there at once. */
  changed(kind: Kind, count: number, limit: number): void;
  /** A request was refused. */
  refused(kind: Kind): void;
}

export function createInFlight(
  { maxInFlight, maxMutatingInFlight }: RequestLimits,
  { changed, refused }: InFlightListener,
): InFlight {
  const now = { reads: 0, writes: 0 };
  return {
    get reads() {
      return now.reads;
    },
    get writes() {
      return now.writes;
    },
    enter({ info, user }, limited) {
      const kind = isMutating(info) ? 'writes' : 'reads';
      const limit = kind === 'writes' ? maxMutatingInFlight : maxInFlight;
      // Whoever looks after the cluster must get through when nobody does.
      if (limited && limit > 0 && now[kind] >= limit && !user.groups.includes('system:masters')) {
        refused(kind);
        throw new OverloadError(1);
      }
      changed(kind, ++now[kind], limit);
      return () => changed(kind, --now[kind], limit);
    },
  };
}
