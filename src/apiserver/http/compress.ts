/** Large answers packed with gzip for clients that take it: fast rather than small, since most clients are near. */
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { chunksOf, type Piece } from './body-writer.ts';

/** Smaller answers are sent as they are. */
const minBytes = 128 * 1024;
const level = 1;

/** `acceptEncoding`: the header; a preference does not count, the bare word does. */
export function isPacked(acceptEncoding: string, length: number): boolean {
  return length > minBytes && acceptEncoding.split(',').some((token) => token.trim() === 'gzip');
}

export const packedHeaders = { 'content-encoding': 'gzip', vary: 'Accept-Encoding' } as const;

/** Writes the body and ends the answer; the headers were written. Rejects when the client goes before. */
export function writePacked(outgoing: ServerResponse, pieces: readonly Piece[]): Promise<void> {
  return pipeline(chunksOf(pieces), createGzip({ level }), outgoing);
}
