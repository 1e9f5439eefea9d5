/** The body of a request, whole: up to `maxBodyBytes`, read by events because an iterator over it costs more than it. */
import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { ApiError } from '../../api/api-error.ts';
import type { RequestBody } from '../request.ts';

export const maxBodyBytes = 3 * 1024 * 1024;
const none: RequestBody = { type: 'none' };
const tooLarge: RequestBody = { type: 'too-large' };

/** Rejects when the client goes before it has sent all. */
export function readBody(incoming: IncomingMessage | Http2ServerRequest): RequestBody | Promise<RequestBody> {
  const { method, headers } = incoming;
  if (method === 'GET' || method === 'HEAD') return none;
  // Such requests of HTTP/1 have no events: see optimizeEmptyRequests in server.ts.
  const announced = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  if (incoming.httpVersionMajor === 1 && !announced) return none;
  if (Number(headers['content-length'] ?? 0) > maxBodyBytes) {
    incoming.resume();
    return tooLarge;
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      // What follows is read and dropped, so that the answer is.
      if (size > maxBodyBytes) resolve(tooLarge);
      else chunks.push(chunk);
    });
    incoming.on('end', () => resolve(size === 0 ? none : { type: 'bytes', bytes: joined(chunks, size) }));
    incoming.on('error', reject);
    incoming.on('close', () => {
      // Every request is closed at its end: an error is made for those alone that end early, as its stack is dear.
      if (!incoming.readableEnded) reject(new Error('The client went before it had sent its request'));
    });
  });
}

function joined(chunks: readonly Buffer[], size: number): Uint8Array {
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size);
}

export function tooLargeError(): ApiError {
  return new ApiError('RequestEntityTooLarge', `Request entity too large: limit is ${maxBodyBytes}`);
}
