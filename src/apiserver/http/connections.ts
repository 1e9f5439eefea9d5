/**
 * The connections of a server, from the first byte on: a client that never ends its handshake has one too, which would
 * keep a server from ending for as long as a handshake may take.
 */
import type { Http2SecureServer } from 'node:http2';
import type { Duplex } from 'node:stream';

export class Connections {
  readonly #sockets = new Set<Duplex>();
  #handshakes = 0;
  #over = false;
  #told: () => void = () => undefined;

  constructor(server: Http2SecureServer) {
    const handshakeOver = (): void => {
      this.#handshakes--;
      if (this.#handshakes <= 0) this.#told();
    };
    server.on('connection', (socket: Duplex) => {
      this.#handshakes++;
      this.#keep(socket);
    });
    server.on('secureConnection', (socket: Duplex) => {
      this.#keep(socket);
      socket.on('error', () => socket.destroy());
      handshakeOver();
    });
    server.on('tlsClientError', handshakeOver);
  }

  /** Resolves when no handshake is under way, at the latest after so long. */
  handshakesEnded(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#handshakes <= 0) return resolve();
      const timer = setTimeout(resolve, withinMs);
      this.#told = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** All that are there, and each that is yet to come. */
  destroy(): void {
    this.#over = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  #keep(socket: Duplex): void {
    if (this.#over) return void socket.destroy();
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
