import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { Decision } from '../decide.ts';
import { podInfo } from '../pod-info.ts';
import { testCluster, testNode, testPod, type TestCluster } from '../test-objects.ts';
import type { DeclaredExtender } from '../config/declarations.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { decideWithExtenders } from './decide-with-extenders.ts';
import { makeExtender, type Extender } from './extender.ts';

type Loose = Readonly<Record<string, unknown>>;

interface Served {
  readonly extender: Extender;
  readonly requests: { readonly path: string; readonly body: Loose }[];
}

/** An extender whose server answers each verb by a function of the request's body. */
async function serve(
  t: TestContext,
  answers: Readonly<Record<string, (body: Loose) => unknown>>,
  declared: Partial<DeclaredExtender> = {},
): Promise<Served> {
  const requests: { readonly path: string; readonly body: Loose }[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '';
    const body = JSON.parse(await readText(request)) as Loose;
    requests.push({ path, body });
    const answered = answers[path.replace('/api/', '')]?.(body);
    response.statusCode = answered === undefined ? 500 : 200;
    response.end(JSON.stringify(answered ?? {}));
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const urlPrefix = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
  const extender = makeExtender({ urlPrefix, nodeCacheCapable: true, ...declared });
  t.after(() => {
    extender.close();
    server.close();
  });
  return { extender, requests };
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function decided(cluster: TestCluster, pod: Pod, extender: Extender): Promise<Decision> {
  return decideWithExtenders(cluster.input(pod), [extender], AbortSignal.timeout(5000));
}

const nodes = () => ['a', 'b', 'c'].map((name) => testNode(name));

test('filter takes nodes out and says why', async (t) => {
  const failing = (failed: Loose, forGood: Loose) => () => ({
    NodeNames: [],
    FailedNodes: failed,
    FailedAndUnresolvableNodes: forGood,
  });
  const { extender, requests } = await serve(
    t,
    { filter: failing({ a: 'no gpu', b: 'no gpu' }, { c: 'too old' }) },
    { filterVerb: 'filter' },
  );
  const decision = await decided(testCluster(nodes()), testPod('web'), extender);
  assert.match(
    decision.type === 'refused' ? decision.message : '',
    /^0\/3 nodes are available: 1 too old, 2 no gpu\. /,
  );
  assert.deepEqual(requests[0]?.body['NodeNames'], ['a', 'b', 'c']);
  assert.equal(requests[0]?.body['Nodes'], null);
});

test('filter and prioritize together with the plugins choose the node', async (t) => {
  const { extender } = await serve(
    t,
    {
      f: () => ({ nodenames: ['b', 'c'] }),
      p: () => [
        { Host: 'b', Score: 1 },
        { Host: 'c', Score: 10 },
      ],
    },
    { filterVerb: 'f', prioritizeVerb: 'p', weight: 3 },
  );
  const decision = await decided(testCluster(nodes()), testPod('web'), extender);
  assert.equal(decision.type === 'fits' ? decision.nodeName : '', 'c');
});

test('filter gets and answers whole nodes when the extender keeps none', async (t) => {
  const { extender, requests } = await serve(
    t,
    { f: (body) => ({ Nodes: { items: (body['Nodes'] as { readonly items: readonly Loose[] }).items.slice(0, 1) } }) },
    { filterVerb: 'f', nodeCacheCapable: false },
  );
  const decision = await decided(testCluster(nodes()), testPod('web'), extender);
  assert.equal(decision.type === 'fits' ? decision.nodeName : '', 'a');
  assert.equal(requests[0]?.body['NodeNames'], null);
});

test('decideWithExtenders() rejects when an extender fails, unless that may be ignored', async (t) => {
  const failing = await serve(t, {}, { filterVerb: 'f' });
  await assert.rejects(
    decided(testCluster(nodes()), testPod('web'), failing.extender),
    /failed f with extender at URL http:.*\/api\/f, code 500/,
  );
  const ignorable = await serve(t, { f: () => ({ Error: 'tired' }) }, { filterVerb: 'f', ignorable: true });
  assert.equal((await decided(testCluster(nodes()), testPod('web'), ignorable.extender)).type, 'fits');
});

test('preempt chooses among the nodes on which others would go', async (t) => {
  const keepB = ({ NodeNameToMetaVictims }: Loose) => ({
    NodeNameToMetaVictims: { b: (NodeNameToMetaVictims as Loose)['b'] },
  });
  const { extender } = await serve(t, { x: keepB }, { preemptVerb: 'x' });
  const cluster = testCluster(['a', 'b'].map((name) => testNode(name, { allocatable: { cpu: '1' } })));
  cluster.place(testPod('low', { requests: { cpu: '1' }, priority: 1 }), 'a');
  cluster.place(testPod('middle', { requests: { cpu: '1' }, priority: 5 }), 'b');
  const decision = await decided(cluster, testPod('high', { requests: { cpu: '1' }, priority: 10 }), extender);
  assert(decision.type === 'refused');
  assert.equal(decision.nominatedNode, 'b');
  assert.deepEqual(
    decision.victims?.map(({ key }) => key),
    ['default/middle'],
  );
});

test('isInterested() asks for managed resources', async () => {
  const extender = makeExtender({ urlPrefix: 'http://127.0.0.1', managedResources: [{ name: 'example.com/gpu' }] });
  assert.equal(extender.isInterested(podInfo(testPod('plain'))), false);
  assert.equal(extender.isInterested(podInfo(testPod('gpu', { requests: { 'example.com/gpu': '1' } }))), true);
  extender.close();
});
