import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPlainHead } from './request-head.ts';

const read = (text: string) => readPlainHead(Buffer.from(text, 'latin1'), undefined);

test('readPlainHead() reads method, target, fields and where the body begins', () => {
  const head = read('POST /api?a=%20b HTTP/1.1\r\nHost: x\r\nX-Ü-no: 1\r\n\r\n');
  assert.equal(head, undefined);
  const text = 'POST /api?a=%20b HTTP/1.1\r\nHost: x\r\nX-A:  \xfc y \r\nContent-Length: 3\r\n\r\n';
  const plain = read(`${text}abc`);
  assert.equal(plain?.method, 'POST');
  assert.equal(plain?.url, '/api?a=%20b');
  assert.deepEqual({ ...plain?.fields.headers }, { host: 'x', 'x-a': '\xfc y', 'content-length': '3' });
  assert.deepEqual([plain?.length, plain?.fields.contentLength, plain?.fields.last], [text.length, 3, false]);
});

test('readPlainHead() keeps the fields of the request before when they are the same', () => {
  const first = read('GET /a HTTP/1.1\r\nHost: x\r\n\r\n');
  const next = Buffer.from('GET /b HTTP/1.1\r\nHost: x\r\n\r\n');
  assert.equal(readPlainHead(next, first?.fields)?.fields, first?.fields);
  const other = Buffer.from('GET /b HTTP/1.1\r\nHost: y\r\n\r\n');
  assert.equal(readPlainHead(other, first?.fields)?.fields.headers.host, 'y');
});

test('readPlainHead() leaves to others whatever is not plain', () => {
  const withField = (field: string) => `GET / HTTP/1.1\r\nHost: x\r\n${field}\r\n\r\n`;
  assert.ok(read(withField('A: b')) !== undefined);
  const others = [
    'GET / HTTP/1.1\r\nHost: x\r\n',
    'GET / HTTP/1.0\r\nHost: x\r\n\r\n',
    'GET  / HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET / x HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET * HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n',
    'CONNECT / HTTP/1.1\r\nHost: x\r\n\r\n',
    'get / HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET / HTTP/1.1\r\nA: b\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    withField('Host: y'),
    withField('Transfer-Encoding: chunked'),
    withField('Upgrade: websocket'),
    withField('Connection: upgrade'),
    withField('Expect: 100-continue'),
    withField('Content-Length: 1, 1'),
    withField('Content-Length: -1'),
    withField('Content-Length: 0x1'),
    withField('Content-Length: 1\r\nContent-Length: 1'),
    withField('A : b'),
    withField(' A: b'),
    withField('A: b\r\n folded'),
    withField('A: b\nB: c'),
    withField('A: \0'),
    withField('__proto__: x'),
    withField('no colon'),
    withField(`A: ${'x'.repeat(20_000)}`),
    withField(Array.from({ length: 200 }, (_, index) => `a${index}: b`).join('\r\n')),
  ];
  for (const text of others) assert.equal(read(text), undefined, JSON.stringify(text.slice(0, 80)));
});
