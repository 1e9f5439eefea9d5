import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { after, before, test } from 'node:test';
import { adminToken, startTestServer, type TestServer } from '../testing/test-server.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';

let server: TestServer;
before(async () => void (server = await startTestServer()));
after(() => server.close());

/** A client that writes bytes and reads answers one after the other. */
class Client {
  readonly socket: TLSSocket;
  #text = '';

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    socket.setEncoding('latin1').on('data', (text: string) => (this.#text += text));
    socket.on('error', () => undefined).setMaxListeners(0);
  }

  static async open(): Promise<Client> {
    const socket = connect({ host: '127.0.0.1', port: server.port, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    return new Client(socket);
  }

  send(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** The next answer; bodies of announced length or in chunks. */
  async answer(): Promise<{ status: number; head: string; body: string }> {
    await this.#until(() => this.#text.includes('\r\n\r\n'));
    const head = this.#take(this.#text.indexOf('\r\n\r\n') + 4);
    const status = Number(head.slice(9, 12));
    const length = /content-length: (\d+)/i.exec(head)?.[1];
    if (length !== undefined) {
      await this.#until(() => this.#text.length >= Number(length));
      return { status, head, body: this.#take(Number(length)) };
    }
    let body = '';
    for (;;) {
      await this.#until(() => this.#text.includes('\r\n'));
      const size = Number.parseInt(this.#take(this.#text.indexOf('\r\n') + 2), 16);
      await this.#until(() => this.#text.length >= size + 2);
      const chunk = this.#take(size + 2);
      if (size === 0) return { status, head, body };
      body += chunk.slice(0, size);
    }
  }

  /** Waits for text, and leaves it. */
  until(text: RegExp): Promise<void> {
    return this.#until(() => text.test(this.#text));
  }

  #take(length: number): string {
    const taken = this.#text.slice(0, length);
    this.#text = this.#text.slice(length);
    return taken;
  }

  async #until(met: () => boolean): Promise<void> {
    while (!met()) {
      assert.ok(!this.socket.readableEnded && !this.socket.destroyed, `the server hung up after ${this.#text}`);
      await Promise.race([once(this.socket, 'data'), once(this.socket, 'end')]);
    }
  }
}

const headOf = (method: string, path: string, fields: readonly string[] = []): string =>
  [`${method} ${path} HTTP/1.1`, 'Host: x', `Authorization: Bearer ${adminToken}`, ...fields].join('\r\n') + '\r\n\r\n';

function post(name: string, data: Readonly<Record<string, string>> = {}, length?: number): string {
  const body = Buffer.from(JSON.stringify({ metadata: { name }, data })).toString('latin1');
  const fields = ['Content-Type: application/json', `Content-Length: ${length ?? body.length}`];
  return headOf('POST', configMaps, fields) + body;
}

test('a connection carries requests and answers of all kinds, one after the other', async () => {
  const client = await Client.open();
  client.send(post('one', { text: 'müll' }));
  const made = await client.answer();
  assert.equal(made.status, 201);
  assert.match(Buffer.from(made.body, 'latin1').toString(), /"müll"/);
  assert.match(made.head, /\r\ndate: \w{3}, \d\d \w{3} \d{4} /);
  client.send(post('large', { text: 'x'.repeat(300_000) }));
  assert.equal((await client.answer()).status, 201);
  client.send(headOf('GET', configMaps));
  const list = await client.answer();
  assert.ok(list.body.length > 300_000);
  assert.equal((JSON.parse(list.body) as { items: unknown[] }).items.length >= 2, true);
  client.send(headOf('GET', `${configMaps}?watch=true&timeoutSeconds=1`));
  const watched = await client.answer();
  assert.match(watched.head, /transfer-encoding: chunked/i);
  assert.match(watched.body, /"type":"ADDED"/);
  client.send(headOf('HEAD', '/version'));
  await client.until(/^HTTP\/1.1 405 [^]*content-length: [1-9][^]*\r\n\r\n$/);
  client.send(headOf('GET', `${configMaps}/none`));
  // The length was of a body that does not follow.
  await client.until(/\r\n\r\nHTTP\/1.1 404 Not Found\r\n/);
  client.socket.destroy();
});

test('requests that were sent ahead are answered in their order', async () => {
  const client = await Client.open();
  const names = Array.from({ length: 50 }, (_, index) => `ahead-${index}`);
  client.send(
    names.map((name) => post(name)).join('') + names.map((name) => headOf('GET', `${configMaps}/${name}`)).join(''),
  );
  for (const name of [...names, ...names]) {
    const { status, body } = await client.answer();
    assert.ok(status === 201 || status === 200);
    assert.equal((JSON.parse(body) as { metadata: { name: string } }).metadata.name, name);
  }
  client.socket.destroy();
});

test('requests that come in pieces of any size are answered in their order', async () => {
  const names = Array.from({ length: 40 }, (_, index) => `piece-${index}`);
  const text = names.map((name) => post(name, { text: 'x'.repeat(name.length * 50) })).join('');
  for (const size of [97, 700, 1500, 5000]) {
    const client = await Client.open();
    for (let from = 0; from < text.length; from += size) {
      client.send(text.slice(from, from + size));
      if (from % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    for (const name of names) {
      const { status, body } = await client.answer();
      const made = JSON.parse(body) as { metadata?: { name: string }; details?: { name: string } };
      assert.equal(made.metadata?.name ?? made.details?.name, name);
      assert.equal(status, size === 97 ? 201 : 409);
    }
    client.socket.destroy();
  }
});

test('what is not plain is answered on the same connection, and all that follows it', async () => {
  const client = await Client.open();
  client.send(headOf('GET', '/version'));
  assert.equal((await client.answer()).status, 200);
  const body = JSON.stringify({ metadata: { name: 'chunked' } });
  client.send(
    headOf('POST', configMaps, ['Content-Type: application/json', 'Transfer-Encoding: chunked']) +
      `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n${headOf('GET', '/version')}`,
  );
  assert.equal((await client.answer()).status, 201);
  assert.equal((await client.answer()).status, 200);
  client.send(post('after'));
  assert.equal((await client.answer()).status, 201);
  client.socket.destroy();
});

test('a request in single bytes is answered, its head by node:http and its body here', async () => {
  const client = await Client.open();
  for (const byte of post('bytes')) client.send(byte);
  assert.equal((await client.answer()).status, 201);
  client.send(post('body-in-bytes').split('\r\n\r\n')[0] + '\r\n\r\n');
  for (const byte of post('body-in-bytes').split('\r\n\r\n')[1] ?? '') client.send(byte);
  assert.equal((await client.answer()).status, 201);
  client.socket.destroy();
  const other = await Client.open();
  const text = post('late-body');
  other.send(text.slice(0, text.indexOf('\r\n\r\n') + 4));
  await new Promise((resolve) => setImmediate(resolve));
  other.send(text.slice(text.indexOf('\r\n\r\n') + 4) + headOf('GET', '/version'));
  assert.equal((await other.answer()).status, 201);
  assert.equal((await other.answer()).status, 200);
  other.socket.destroy();
});

test('two messages that could be read as one are refused', async () => {
  for (const fields of [
    ['Content-Length: 5', 'Transfer-Encoding: chunked'],
    ['Content-Length: 5', 'Content-Length: 6'],
    ['Content-Length : 5'],
    ['Transfer-Encoding: chunked, identity'],
  ]) {
    const client = await Client.open();
    client.send(`${headOf('POST', configMaps, fields)}0\r\n\r\n${headOf('GET', '/version')}`);
    await once(client.socket, 'close');
    await assert.rejects(client.until(/^HTTP\/1.1 2/));
  }
});

test('an answer that comes before the whole request ends the connection', async () => {
  const client = await Client.open();
  client.send(post('early', {}, 100_000).replace(adminToken, 'unknown'));
  assert.equal((await client.answer()).status, 401);
  await once(client.socket, 'end');
  client.socket.destroy();
});

test('a client may ask for the end of the connection, and may go in the middle of its request', async () => {
  const client = await Client.open();
  client.send(headOf('GET', '/version', ['Connection: close']));
  const { head } = await client.answer();
  assert.match(head, /connection: close/);
  await once(client.socket, 'end');
  const other = await Client.open();
  other.send(post('gone', {}, 1000));
  other.socket.destroy();
  assert.equal((await server.call('GET', `${configMaps}/gone`)).status, 404);
});
