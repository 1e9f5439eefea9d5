/** Clients that do not keep to HTTP, or do not stay. */
import { connect as connectHttp2 } from 'node:http2';
import { connect, type TLSSocket } from 'node:tls';
import type { Dice } from './dice.ts';
import { target } from './requests.ts';

export interface Where {
  readonly port: number;
  readonly token: string;
}

const patienceMs = 3000;

/** Each resolves when it is over, whatever the server did. */
export const rawClients: Readonly<Record<string, (dice: Dice, where: Where) => Promise<void>>> = {
  malformed,
  vanishing,
  slow,
  unread,
  http2,
};

function open(where: Where, talk: (socket: TLSSocket) => void, protocols = ['http/1.1']): Promise<void> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port: where.port, rejectUnauthorized: false, ALPNProtocols: protocols };
    const socket = connect(options, () => talk(socket));
    const timer = setTimeout(() => socket.destroy(), patienceMs);
    socket
      .on('error', () => undefined)
      .on('close', () => {
        clearTimeout(timer);
        resolve();
      });
    socket.resume();
  });
}

function malformed(dice: Dice, where: Where): Promise<void> {
  const auth = `authorization: Bearer ${where.token}\r\n`;
  const text = dice.pick([
    () => dice.bytes(dice.below(300)),
    () => `GET ${target}\r\n\r\n`,
    () => `GET ${target} HTTP/9.9\r\n${auth}\r\n`,
    () => `GET ${'/a'.repeat(40_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
    () => `GET ${target} HTTP/1.1\r\nhost: x\r\n${`x-${dice.name()}: y\r\n`.repeat(5000)}\r\n`,
    () => `GET ${target} HTTP/1.1\r\nhost: x\r\nbad header\r\n\r\n`,
    () =>
      `POST ${target} HTTP/1.1\r\nhost: x\r\n${auth}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n`,
    () => `POST ${target} HTTP/1.1\r\nhost: x\r\n${auth}content-length: -1\r\n\r\n{}`,
    () => `POST ${target} HTTP/1.1\r\nhost: x\r\n${auth}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
    () => `POST ${target} HTTP/1.1\r\nhost: x\r\n${auth}transfer-encoding: chunked\r\n\r\nffffffffff\r\n{}`,
    () =>
      `GET ${target} HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n${auth}sec-websocket-version: 99\r\n\r\n`,
    () =>
      `POST /api/v1/namespaces/fuzz/pods/x/exec?command=a HTTP/1.1\r\nhost: x\r\n${auth}upgrade: SPDY/3.1\r\nconnection: upgrade\r\n\r\n`,
    () => `OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n`,
    () => `CONNECT example.com:443 HTTP/1.1\r\nhost: x\r\n\r\n`,
    () => `GET http://other.example/ HTTP/1.1\r\nhost: y\r\n${auth}\r\n`,
  ])();
  return open(where, (socket) => socket.end(text));
}

/** Goes away in the middle of its request, or of the answer. */
function vanishing(dice: Dice, where: Where): Promise<void> {
  const head = `POST /api/v1/namespaces/fuzz/configmaps HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${where.token}\r\ncontent-type: application/json\r\ncontent-length: 400\r\n\r\n{"apiVersion":"v1",`;
  const whole = `GET /api/v1/namespaces/fuzz/configmaps?watch=true HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${where.token}\r\n\r\n`;
  const text = dice.pick([head.slice(0, dice.below(head.length)), whole]);
  return open(where, (socket) => socket.write(text, () => setImmediate(() => socket.destroy())));
}

/** Sends a byte now and then. */
function slow(dice: Dice, where: Where): Promise<void> {
  const text = `POST /api/v1/namespaces/fuzz/configmaps HTTP/1.1\r\nhost: x\r\ncontent-length: 40\r\n\r\n{"a":`;
  return open(where, (socket) => {
    let at = dice.below(text.length - 20);
    socket.write(text.slice(0, at));
    const timer = setInterval(() => socket.write(text.charAt((at += 1)) || 'x'), 100);
    socket.on('close', () => clearInterval(timer));
    setTimeout(() => socket.destroy(), 1500);
  });
}

/** Asks for much and reads nothing. */
function unread(_dice: Dice, where: Where): Promise<void> {
  const ask = `GET /openapi/v2 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${where.token}\r\n\r\n`;
  return open(where, (socket) => {
    socket.pause();
    socket.write(ask.repeat(50));
    setTimeout(() => socket.destroy(), 1000);
  });
}

function http2(dice: Dice, where: Where): Promise<void> {
  if (dice.chance(0.5)) {
    const frames = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), dice.bytes(dice.below(400))]);
    return open(where, (socket) => socket.end(frames), ['h2']);
  }
  return new Promise((resolve) => {
    const session = connectHttp2(`https://127.0.0.1:${where.port}`, { rejectUnauthorized: false });
    const timer = setTimeout(() => session.destroy(), patienceMs);
    session
      .on('error', () => undefined)
      .on('close', () => {
        clearTimeout(timer);
        resolve();
      });
    let open = 50;
    for (let count = open; count > 0; count -= 1) {
      const stream = session.request({ ':path': target, authorization: `Bearer ${where.token}` });
      stream.on('error', () => undefined).on('close', () => (open -= 1) === 0 && session.destroy());
      if (dice.chance(0.5)) stream.close(8);
      else stream.resume();
    }
  });
}
