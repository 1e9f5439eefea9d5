/**
 * How many parsed objects are kept beside their bytes: a parsed one takes several times the room, and most are looked at
 * once. They wait in a queue in the order in which they were parsed; when the queue is too heavy, the oldest half is let
 * go. What is still used is parsed again: once for every turn of the queue.
 *
 * Limit: objects of `maxBytes` of JSON.
 */
export interface Parsed {
  /** Length of the object's JSON. */
  readonly bytes: number;
  forget(): void;
}

const maxBytes = 4 * 1024 * 1024;

let queue: Parsed[] = [];
let queuedBytes = 0;

/** To be told of each object that was parsed. */
export function forgetLater(parsed: Parsed): void {
  queue.push(parsed);
  queuedBytes += parsed.bytes;
  if (queuedBytes > maxBytes) forgetOldest();
}

function forgetOldest(): void {
  let first = 0;
  while (queuedBytes > maxBytes / 2) {
    const oldest = queue[first++];
    if (oldest === undefined) break;
    queuedBytes -= oldest.bytes;
    oldest.forget();
  }
  queue = queue.slice(first);
}
