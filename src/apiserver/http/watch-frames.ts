/**
 * Lines of a watch stream, from entries as they lie there. What many watchers get alike is encoded once: they are written
 * to in the same round, and those who watch the same see the same batches.
 */
import type { Bookmark, ChangeItem, WatchItem } from '../registry/watch.ts';
import type { Batch } from './watch-queue.ts';

const openings: Readonly<Record<ChangeItem['type'], string>> = {
  ADDED: '{"type":"ADDED","object":',
  MODIFIED: '{"type":"MODIFIED","object":',
  DELETED: '{"type":"DELETED","object":',
};
const closing = '}\n';

interface Encoded {
  readonly batches: readonly Batch[];
  readonly frames: Buffer;
}

/** By the first of the batches. */
const encoded = new WeakMap<Batch, Encoded>();

export function watchFrames(batches: readonly Batch[], bookmark: (item: Bookmark) => string): Buffer {
  const [first = []] = batches;
  const known = encoded.get(first);
  if (known !== undefined && areSame(known.batches, batches)) return known.frames;
  const frames = encodeFrames(batches.length === 1 ? first : batches.flat(), bookmark);
  encoded.set(first, { batches, frames });
  return frames;
}

export function areSame(a: readonly Batch[], b: readonly Batch[]): boolean {
  return a.length === b.length && a.every((batch, index) => batch === b[index]);
}

function encodeFrames(items: readonly WatchItem[], bookmark: (item: Bookmark) => string): Buffer {
  const lines: string[] = [];
  let length = 0;
  for (const item of items) {
    const text = item.type === 'BOOKMARK' ? bookmark(item) : openings[item.type];
    lines.push(text);
    length +=
      item.type === 'BOOKMARK' ? Buffer.byteLength(text) : text.length + item.entry.json.length + closing.length;
  }
  const frames = Buffer.allocUnsafe(length);
  let at = 0;
  for (const [index, item] of items.entries()) {
    at += frames.write(lines[index] ?? '', at);
    if (item.type === 'BOOKMARK') continue;
    at += item.entry.json.copy(frames, at);
    at += frames.write(closing, at, 'latin1');
  }
  return frames;
}
