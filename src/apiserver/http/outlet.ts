/**
 * Where an answer leaves: as a whole, which is the way of almost all and has its short cut on plain connections
 * (plain-connection.ts), or piece by piece through Node's own response.
 */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { joinPieces, type Piece } from './body-writer.ts';
import type { Outgoing } from './flush-headers.ts';

export interface Outlet {
  /** Whether the headers are on their way. */
  readonly begun: boolean;
  setHeader(name: string, value: string | readonly string[]): void;
  /** Sends all at once. `length`: of the body in bytes; no pieces are sent to who asked for the head alone. */
  whole(
    status: number,
    headers: Readonly<Record<string, string | number>>,
    pieces: readonly Piece[],
    length: number,
  ): void;
  /** For what goes out bit by bit: to be used in place of all else here. */
  stream(): Outgoing;
  destroy(): void;
}

/** What is as small goes out together with its headers; beyond, the copies cost more than the second buffer. */
const maxTextBytes = 16 * 1024;

export class NodeOutlet implements Outlet {
  readonly #outgoing: Outgoing;

  constructor(outgoing: Outgoing) {
    this.#outgoing = outgoing;
  }

  get begun(): boolean {
    return this.#outgoing.headersSent;
  }

  setHeader(name: string, value: string | readonly string[]): void {
    this.#outgoing.setHeader(name, value);
  }

  whole(status: number, headers: OutgoingHttpHeaders, pieces: readonly Piece[], length: number): void {
    const outgoing = this.#outgoing;
    (outgoing as ServerResponse).writeHead(status, headers);
    if (pieces.length === 0) return void outgoing.end();
    const body = joinPieces(pieces, length);
    // HTTP/1 joins text, and text only, with the headers into one write. Latin-1 keeps each byte as it is.
    if (length <= maxTextBytes && !('stream' in outgoing)) outgoing.end(body.toString('latin1'), 'latin1');
    else outgoing.end(body);
  }

  stream(): Outgoing {
    return this.#outgoing;
  }

  destroy(): void {
    this.#outgoing.destroy();
  }
}
