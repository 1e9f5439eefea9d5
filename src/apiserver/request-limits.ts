/** How much and how long: the limits that hold for all requests, under the names of kube-apiserver's flags. */
import type { RequestInfo } from './request-info.ts';

export interface RequestLimits {
  /** --request-timeout: what a request may take that does not run long by its nature. */
  readonly requestTimeoutMs: number;
  /** --min-request-timeout: watches end after this to twice as long, unless they say how long they want to last. */
  readonly minRequestTimeoutSeconds: number;
  /** --max-requests-inflight and --max-mutating-requests-inflight: together the seats that fairness shares out. */
  readonly maxInFlight: number;
  readonly maxMutatingInFlight: number;
  /** --enable-priority-and-fairness. */
  readonly fairness: boolean;
  /** --goaway-chance: the part of HTTP/2 requests after which the client is told to connect anew. */
  readonly goawayChance: number;
  /** --shutdown-delay-duration: how long requests are answered while /readyz says that it will end. */
  readonly shutdownDelayMs: number;
}

export const defaultLimits: RequestLimits = {
  requestTimeoutMs: 60_000,
  minRequestTimeoutSeconds: 1800,
  maxInFlight: 400,
  maxMutatingInFlight: 200,
  fairness: true,
  goawayChance: 0,
  shutdownDelayMs: 0,
};

const longSubresources = new Set(['attach', 'exec', 'proxy', 'log', 'portforward']);
const readVerbs = new Set<string>(['get', 'list', 'watch', 'head', 'options']);

/** Lasts as long as its client wants: no time limit holds for it. */
export function isLongRunning({ verb, resource }: RequestInfo): boolean {
  return resource !== undefined && (verb === 'watch' || longSubresources.has(resource.subresource));
}

export function isMutating({ verb }: RequestInfo): boolean {
  return !readVerbs.has(verb);
}
