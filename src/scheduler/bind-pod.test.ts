import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualClock } from '../base/clock.ts';
import { MemoryClient } from '../client/memory-client.ts';
import { MemoryServer } from '../client/memory-server.ts';
import { bindPod, permitPod, preparePod, reserve } from './bind-pod.ts';
import type { Plugin } from './framework.ts';
import { NodeTable } from './node-table.ts';
import { podInfo } from './pod-info.ts';
import { Rejection } from './rejection.ts';
import { testPod } from './test-objects.ts';

const pod = testPod('web');
const clock = virtualClock();
const context = {
  client: new MemoryClient(new MemoryServer(clock)),
  pod,
  nodeName: 'a',
  table: new NodeTable(),
  clock,
  signal: new AbortController().signal,
  tell: () => undefined,
};

function tracing(name: string, trace: string[], binds: boolean): Plugin {
  const note = (point: string) => void trace.push(`${point} ${name}`);
  return {
    name,
    helpedBy: [],
    reserve: () => (note('reserve'), () => note('unreserve')),
    permit: async () => note('permit'),
    preBind: async () => note('preBind'),
    bind: async () => (note('bind'), binds),
    postBind: () => note('postBind'),
  };
}

test('permitPod(), preparePod() and bindPod() go from permit to postBind and stop at the plugin that binds', async () => {
  const trace: string[] = [];
  const plugins = [tracing('1', trace, false), tracing('2', trace, true), tracing('3', trace, true)];
  await permitPod(plugins, context);
  await preparePod(plugins, context);
  await bindPod(plugins, context);
  assert.equal(
    trace.join(', '),
    'permit 1, permit 2, permit 3, preBind 1, preBind 2, preBind 3, bind 1, bind 2, postBind 1, postBind 2, postBind 3',
  );
});

test('permitPod(), preparePod() and bindPod() reject when a plugin refuses or none binds', async () => {
  const refusing: Plugin = { name: 'no', helpedBy: [], permit: () => Promise.reject(new Error('not today')) };
  await assert.rejects(permitPod([refusing], context), /^Error: running Permit plugin "no": not today$/);
  const rejecting: Plugin = { name: 'no', helpedBy: [], preBind: () => Promise.reject(new Rejection('full')) };
  await assert.rejects(preparePod([rejecting], context), { name: 'Rejection', message: 'full', plugin: 'no' });
  await assert.rejects(bindPod([tracing('1', [], false)], context), /no plugin binds it/);
});

test('reserve() gives back in reverse order', () => {
  const trace: string[] = [];
  reserve([tracing('1', trace, true), tracing('2', trace, true)], podInfo(pod), context)();
  assert.deepEqual(trace, ['reserve 1', 'reserve 2', 'unreserve 2', 'unreserve 1']);
});
