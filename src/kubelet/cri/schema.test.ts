import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerConfigToCri } from './to-cri.ts';
import { containerStatusFromCri } from './from-cri.ts';
import { ContainerConfig, ContainerStatus, methods } from './messages.ts';
import {
  bool,
  codec,
  dictionary,
  int64,
  many,
  one,
  oneOf,
  string,
  strings,
  wireChoice,
  wireMessage,
} from './schema.ts';

const Colour = wireChoice('TestColour', { RED: 0, BLUE: 1 });
const Inner = wireMessage('TestInner', { value: int64(1) });
const Outer = wireMessage('TestOuter', {
  name: string(1),
  flag: bool(2),
  inner: one(3, Inner),
  list: many(4, Inner),
  words: strings(5),
  map: dictionary(6),
  colour: oneOf(7, Colour),
});

test('codec() encodes fields under their numbers and decodes absent ones as defaults', () => {
  const { encode, decode } = codec(Outer);
  assert.equal(encode({ name: 'a', flag: true, inner: { value: 300 } }).toString('hex'), '0a016110011a0308ac02');
  assert.deepEqual(decode(Buffer.from('0a0161', 'hex')), {
    name: 'a',
    flag: false,
    inner: null,
    list: [],
    words: [],
    map: {},
    colour: 'RED',
  });
});

test('codec() brings every kind of field there and back', () => {
  const { encode, decode } = codec(Outer);
  const value = {
    name: 'ä',
    flag: true,
    inner: { value: 2 ** 52 },
    list: [{ value: 1 }, { value: -1 }],
    words: ['x', ''],
    map: { k: 'v' },
    colour: 'BLUE',
  } as const;
  assert.deepEqual(decode(encode(value)), value);
});

test('the methods of the runtime interface have one request and response each, under their gRPC paths', () => {
  assert.equal(methods.runPodSandbox.path, '/runtime.v1.RuntimeService/RunPodSandbox');
  assert.equal(methods.pullImage.path, '/runtime.v1.ImageService/PullImage');
  const paths = Object.values(methods).map(({ path }) => path);
  assert.equal(new Set(paths).size, paths.length);
  for (const { request, response } of Object.values(methods)) {
    codec(request).decode(codec(request).encode({}));
    codec(response).decode(codec(response).encode({}));
  }
});

test('containerConfigToCri() says explicitly which namespaces a container shares', () => {
  const { encode, decode } = codec(ContainerConfig);
  const config = { metadata: { name: 'main', attempt: 1 }, image: 'i', logPath: 'l', security: { runAsUser: 0 } };
  const wire = decode(encode(containerConfigToCri(config)));
  const security = wire.linux?.securityContext;
  assert.deepEqual(security?.namespaceOptions, { network: 'POD', pid: 'CONTAINER', ipc: 'POD', targetId: '' });
  assert.deepEqual([security?.runAsUser, security?.runAsGroup], [{ value: 0 }, null]);
});

test('containerStatusFromCri() turns nanoseconds into milliseconds', () => {
  const { encode, decode } = codec(ContainerStatus);
  const wire = encode({ id: 'c', state: 'CONTAINER_EXITED', startedAt: 1_795_381_442_897_000_000, exitCode: 3 });
  const status = containerStatusFromCri(decode(wire));
  assert.deepEqual([status.state, status.startedAtMs, status.exitCode], ['exited', 1_795_381_442_897, 3]);
});
