import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { Decision } from '../decide.ts';
import type { BindContext } from '../framework.ts';
import { podInfo } from '../pod-info.ts';
import { testCluster, testNode, testPod, type TestCluster } from '../test-objects.ts';
import type { DeclaredExtender } from '../config/declarations.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { asPlugin } from './as-plugin.ts';
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

/** What becomes of a pod that would send `low` away from a. */
async function preempting(extender: Extender): Promise<Extract<Decision, { type: 'refused' }>> {
  const cluster = testCluster([testNode('a', { allocatable: { cpu: '1' } })]);
  cluster.place(testPod('low', { requests: { cpu: '1' }, priority: 1 }), 'a');
  cluster.place(testPod('small', { requests: {}, priority: 1 }), 'a');
  const decision = await decided(cluster, testPod('high', { requests: { cpu: '1' }, priority: 10 }), extender);
  assert(decision.type === 'refused');
  return decision;
}

test('preempt may name other victims, and is told what is wrong with its answer', async (t) => {
  const head = '0/1 nodes are available: 1 Insufficient cpu.';
  const answering = async (victims: Loose, declared: Partial<DeclaredExtender> = {}) => {
    const { extender } = await serve(
      t,
      { x: () => ({ NodeNameToMetaVictims: victims }) },
      { ...declared, preemptVerb: 'x' },
    );
    return [await preempting(extender), extender.name] as const;
  };
  const pods = (...uids: readonly string[]) => ({ Pods: uids.map((UID) => ({ UID })) });
  const [other] = await answering({ a: pods('uid-default-small') });
  assert.deepEqual(
    other.victims?.map(({ key }) => key),
    ['default/small'],
  );
  const [none] = await answering({});
  assert.equal(none.message, `${head} no new claims to deallocate, preemption: no candidate node for preemption`);
  const [empty] = await answering({ a: pods() });
  assert.equal(empty.message, `${head} preemption: expected at least one victim pod on node "a"`);
  const [ignored] = await answering({ a: pods() }, { ignorable: true });
  assert.equal(ignored.message, none.message);
  const [nowhere] = await answering({ z: pods('x') });
  assert.equal(nowhere.message, `${head} preemption: nodeinfo not found for node name "z"`);
  const [gone, name] = await answering({ a: pods('x') });
  const claimed = `extender: ${name} claims to preempt pod (UID: &{x}) on node: a, but the pod is not found on that node`;
  assert.equal(gone.message, `${head} preemption: ${claimed}`);
  assert.deepEqual([gone.victims, gone.nominatedNode], [undefined, undefined]);
});

test('filter says nothing of nodes that an answer does not mention, and takes none that it makes up', async (t) => {
  const answering = async (answer: Loose, declared: Partial<DeclaredExtender> = {}) => {
    const { extender } = await serve(t, { f: () => answer }, { filterVerb: 'f', ...declared });
    const decision = await decided(testCluster(nodes()), testPod('web'), extender);
    return decision.type === 'fits' ? decision.nodeName : decision.message;
  };
  const rest = 'no new claims to deallocate, preemption: 0/3 nodes are available:';
  assert.equal(
    await answering({ NodeNames: [], FailedNodes: { a: 'no gpu' } }),
    `0/3 nodes are available: 1 no gpu. ${rest} 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.`,
  );
  assert.match(await answering({ NodeNames: ['a'] }, { nodeCacheCapable: false }), /^0\/3 nodes are available: no new/);
  await assert.rejects(answering({ NodeNames: ['z'] }), {
    message: /^extender "http:.*" claims a filtered node "z" which is not found in the input node list$/,
  });
});

test('filter asks for all nodes when the promised one will not do', async (t) => {
  const answers = {
    f: (body: Loose) => ({ NodeNames: (body['NodeNames'] as string[]).filter((name) => name !== 'a') }),
  };
  const { extender, requests } = await serve(t, answers, { filterVerb: 'f' });
  const decision = await decided(
    testCluster(nodes().slice(0, 2)),
    testPod('web', { nominatedNodeName: 'a' }),
    extender,
  );
  assert.equal(decision.type === 'fits' ? decision.nodeName : '', 'b');
  assert.deepEqual(
    requests.map(({ body }) => body['NodeNames']),
    [['a'], ['a', 'b']],
  );
});

test('asPlugin() leaves a pod to others when an extender that may be ignored cannot bind it', async (t) => {
  const context = { pod: testPod('web'), nodeName: 'a', signal: AbortSignal.timeout(5000) } as unknown as BindContext;
  const bindBy = async (ignorable: boolean) => {
    const { extender } = await serve(t, { b: () => ({ Error: 'tired' }) }, { bindVerb: 'b', ignorable });
    return asPlugin(extender).bind?.(context);
  };
  assert.equal(await bindBy(true), false);
  await assert.rejects(bindBy(false), { message: 'tired' });
});

test('isInterested() asks for managed resources', async () => {
  const extender = makeExtender({ urlPrefix: 'http://127.0.0.1', managedResources: [{ name: 'example.com/gpu' }] });
  assert.equal(extender.isInterested(podInfo(testPod('plain'))), false);
  assert.equal(extender.isInterested(podInfo(testPod('gpu', { requests: { 'example.com/gpu': '1' } }))), true);
  extender.close();
});
