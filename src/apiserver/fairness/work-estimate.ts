/**
 * How many seats a request takes: one, but for lists, which take as many as what they load weighs, and for writes that
 * many watchers wait for, which go on for a moment after they are answered (KEP 1040).
 */
import type { RequestInfo } from '../request-info.ts';

export interface Work {
  /** Seats while it is executed. */
  readonly seats: number;
  /** Seats for `additionalMs` after that. */
  readonly finalSeats: number;
  readonly additionalMs: number;
  /** What must be free for it to begin. */
  readonly width: number;
}

/** What is known of a resource; undefined = it is not served here. */
export interface StoredAmount {
  readonly objects: number;
  /** Undefined: nothing is known yet. */
  readonly averageBytes: number | undefined;
  readonly watchers: number;
}

const bytesPerSeat = 100_000;
/** What a list from the cache has in memory at most, since it is sent in pieces. */
const maxCachedListBytes = 1_000_000;
/** The largest an object may be: assumed of objects whose size is not known. */
const maxObjectBytes = 1_500_000;
const maxListSeats = 100;
const maxMutatingSeats = 10;
const watchersPerSeat = 10;
const eventMs = 5;

const work = (seats: number, finalSeats = 0, additionalMs = 0): Work => ({
  seats,
  finalSeats,
  additionalMs,
  width: Math.max(seats, finalSeats),
});

const oneSeat = work(1);

/** `maxSeats`: what its priority level gives to one request at most. */
export function estimateWork(
  info: RequestInfo,
  query: URLSearchParams,
  amount: StoredAmount | undefined,
  maxSeats: number,
): Work {
  if (amount === undefined) return oneSeat;
  switch (info.verb) {
    case 'list':
      return listWork(query, amount, maxSeats);
    case 'watch':
      return query.get('sendInitialEvents') === 'true' ? listWork(query, amount, maxSeats) : oneSeat;
    case 'create':
    case 'update':
    case 'patch':
    case 'delete':
      return amount.watchers < watchersPerSeat ? oneSeat : watchedWork(amount.watchers, maxSeats);
    default:
      return oneSeat;
  }
}

function listWork(query: URLSearchParams, { objects, averageBytes = maxObjectBytes }: StoredAmount, maxSeats: number) {
  if (/(^|,)metadata\.name=/.test(query.get('fieldSelector') ?? '')) return oneSeat;
  const limit = Number(query.get('limit') ?? 0);
  const limited = limit > 0 ? Math.min(limit, objects) : objects;
  const fromCache = !query.has('continue') && query.get('resourceVersionMatch') !== 'Exact';
  const selects = query.has('labelSelector') || query.has('fieldSelector');
  const loaded = !fromCache && selects ? Math.max(limited, objects / 2) : limited;
  const bytes = fromCache ? Math.min(loaded * averageBytes, maxCachedListBytes) : loaded * averageBytes;
  return work(Math.max(1, Math.min(Math.ceil(bytes / bytesPerSeat), maxSeats, maxListSeats)));
}

/** The same work of telling watchers, done by fewer seats for longer where there are not as many. */
function watchedWork(watchers: number, maxSeats: number): Work {
  const wanted = Math.ceil(watchers / watchersPerSeat);
  const seats = Math.max(1, Math.min(wanted, maxSeats, maxMutatingSeats));
  return work(1, seats, (wanted / seats) * eventMs);
}
