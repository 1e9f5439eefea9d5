/** Answers as values, for callers in this process. */
import type { Json, JsonObject } from '../api/schema.ts';
import { negotiate } from './http/negotiate.ts';
import { listMetadata, render } from './http/render.ts';
import { WatchQueue } from './registry/watch-queue.ts';
import type { Answer, ApiRequest } from './request.ts';
import { servedObject } from './verbs/update.ts';

/** The object or list that was answered; text for raw answers. */
export function valueOf(answer: Answer): Json {
  switch (answer.type) {
    case 'entry':
      return servedObject(answer.served, answer.entry) as unknown as JsonObject;
    case 'object':
      return answer.object;
    case 'list': {
      const { served, list } = answer;
      const items = list.entries.map((entry) => servedObject(served, entry) as unknown as JsonObject);
      return {
        kind: `${served.type.kind}List`,
        apiVersion: served.type.apiVersion,
        metadata: listMetadata(list),
        items,
      };
    }
    case 'raw':
      return readRawValue(answer);
    default:
      throw new Error(`A ${answer.type} has no value`);
  }
}

function readRawValue(answer: Extract<Answer, { type: 'raw' }>): Json {
  const { body, headers } = answer;
  if (typeof body !== 'string') throw new Error('A stream has no value');
  return (headers['content-type'] ?? '').includes('json') ? (JSON.parse(body) as Json) : body;
}

export interface WatchValue {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: JsonObject;
}

/** The events of a watch as they come, until the signal aborts or the watch ends. */
export async function* watchValues(
  { served, subscription }: Extract<Answer, { type: 'watch' }>,
  signal: AbortSignal,
): AsyncIterable<WatchValue> {
  const queue = new WatchQueue(signal);
  const stop = subscription.start(queue);
  try {
    for (;;) {
      const items = await queue.next();
      if (items === undefined) return;
      for (const item of items) {
        if (item.type === 'BOOKMARK') yield bookmark(served.type, item);
        else yield { type: item.type, object: servedObject(served, item.entry) as unknown as JsonObject };
      }
    }
  } finally {
    stop();
  }
}

function bookmark(
  { kind, apiVersion }: { readonly kind: string; readonly apiVersion: string },
  { revision, initialEventsEnd }: { readonly revision: number; readonly initialEventsEnd: boolean },
): WatchValue {
  const annotations = initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
  return {
    type: 'BOOKMARK',
    object: { kind, apiVersion, metadata: { resourceVersion: String(revision), ...annotations } },
  };
}

/** Status, headers and bytes, as the HTTP edge would send them. */
export async function renderAnswer(
  answer: Answer,
  request: ApiRequest,
): Promise<{ status: number; headers: Record<string, string>; body: Uint8Array }> {
  if (answer.type === 'raw') {
    const { status, headers, body } = answer;
    return { status, headers: { ...headers }, body: await readBytes(body) };
  }
  if (answer.type === 'watch' || answer.type === 'hijacked')
    throw new Error(`A ${answer.type} cannot be answered at once`);
  const negotiated = negotiate(request.accept, false);
  const { contentType, pieces } = await render(answer, { negotiated, query: request.query, nowMs: Date.now() });
  const body = Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
  return { status: answer.type === 'list' ? 200 : answer.status, headers: { 'content-type': contentType }, body };
}

async function readBytes(body: string | Uint8Array | AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
