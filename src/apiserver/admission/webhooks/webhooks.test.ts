import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { ApiError } from '../../../api/api-error.ts';
import type { Draft } from '../../../api/descriptor.ts';
import type { KubeObject } from '../../../api/kind.ts';
import { descriptors } from '../../../api/kinds/descriptors.ts';
import { ConfigMaps, MutatingWebhookConfigurations, ValidatingWebhookConfigurations } from '../../../api/resources.ts';
import { virtualClock } from '../../../base/clock.ts';
import { silentLog } from '../../../base/log.ts';
import { Registry } from '../../../base/metrics.ts';
import { openEmbeddedStore } from '../../../store/embedded/open.ts';
import { storedBytes } from '../../registry/entry.ts';
import { masters } from '../../authorization/authorizer.ts';
import { createWebhookMetrics } from '../../metrics/webhook-metrics.ts';
import { ServedResources } from '../../registry/served-resources.ts';
import { storageKey } from '../../registry/served.ts';
import { serveWebhook, type Hooks } from '../../testing/webhook.ts';
import { Admission, type Admitted } from '../admission.ts';
import { createMutatingWebhooks, createValidatingWebhooks } from './webhooks.ts';

const uid = '00000000-0000-4000-8000-000000000000';
const rules = [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['configmaps'] }];

interface Cluster {
  readonly figures: Registry;
  /** Stores a configuration of one kind with these webhooks. */
  configure(kind: 'Mutating' | 'Validating', ...webhooks: readonly object[]): Promise<void>;
  /** Admits a new ConfigMap; answers its data and the warnings. */
  admit(dryRun?: boolean): Promise<{
    readonly data: unknown;
    readonly warnings: readonly string[];
    readonly audit: Readonly<Record<string, string>>;
  }>;
}

async function createCluster(context: TestContext): Promise<Cluster> {
  const store = await openEmbeddedStore({ directory: ':memory:', clock: virtualClock(), log: silentLog });
  const served = new ServedResources(store, descriptors);
  context.after(async () => {
    served.close();
    await store.close();
  });
  const figures = new Registry();
  const metrics = createWebhookMetrics(figures);
  const needs = { served, authorizer: masters, log: silentLog, metrics };
  const admission = new Admission([createMutatingWebhooks(needs), createValidatingWebhooks(needs)]);
  return {
    figures,
    async configure(kind, ...webhooks) {
      const of = served.of(kind === 'Mutating' ? MutatingWebhookConfigurations : ValidatingWebhookConfigurations);
      const metadata = { name: 'c', uid, creationTimestamp: '2026-01-01T00:00:00Z' };
      const filled = webhooks.map((webhook, index) => ({
        name: `w${index}`,
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        rules,
        ...webhook,
      }));
      const object = { kind: of.type.kind, apiVersion: of.resource.apiVersion, metadata, webhooks: filled };
      const value = storedBytes(object as unknown as KubeObject);
      await store.transact([], [{ type: 'put', key: storageKey(of, undefined, 'c'), value }]);
    },
    async admit(dryRun = false) {
      const warnings: string[] = [];
      const audit: Record<string, string> = {};
      const object = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a', namespace: 'n' }, data: { a: '1' } };
      const request: Admitted = {
        operation: 'CREATE',
        served: served.of(ConfigMaps),
        namespace: 'n',
        name: 'a',
        subresource: '',
        object: object as unknown as Draft<KubeObject>,
        old: undefined,
        options: {},
        user: { name: 'ann', groups: [] },
        dryRun,
        warn: (warning) => warnings.push(warning),
        auditAnnotations: { add: (key, value) => void (audit[key] ??= value) },
      };
      await admission.mutate(request);
      await admission.validate(request);
      return { data: (request.object as unknown as { readonly data: unknown }).data, warnings, audit };
    },
  };
}

const dataOf = (object: unknown): readonly string[] => Object.keys((object as { readonly data: object }).data);
const pathsOf = ({ asked }: Hooks): readonly string[] => asked.map(({ path }) => path);

function patch(...operations: readonly object[]): object {
  const encoded = Buffer.from(JSON.stringify(operations)).toString('base64');
  return { allowed: true, patchType: 'JSONPatch', patch: encoded };
}

test('createMutatingWebhooks() applies patches in order and calls again who asked for it', async (context) => {
  const hooks = await serveWebhook(context, ({ object }, path) =>
    path === '/first'
      ? patch({ op: 'add', path: '/data/first', value: `saw ${dataOf(object).length}` })
      : patch({ op: 'add', path: '/data/second', value: 'x' }),
  );
  const cluster = await createCluster(context);
  const client = (path: string) => ({ clientConfig: { url: hooks.url + path, caBundle: hooks.caBundle } });
  await cluster.configure('Mutating', { ...client('/first'), reinvocationPolicy: 'IfNeeded' }, client('/second'));
  assert.deepEqual((await cluster.admit()).data, { a: '1', first: 'saw 3', second: 'x' });
  assert.deepEqual(pathsOf(hooks), ['/first', '/second', '/first']);
});

test('createValidatingWebhooks() refuses with the words, code and reason of the webhook', async (context) => {
  const hooks = await serveWebhook(context, () => ({
    allowed: false,
    warnings: ['mind this'],
    status: { message: 'not today', code: 409, reason: 'Conflict' },
  }));
  const cluster = await createCluster(context);
  await cluster.configure('Validating', { clientConfig: { url: hooks.url, caBundle: hooks.caBundle } });
  await assert.rejects(cluster.admit(), (error) => {
    assert.ok(error instanceof ApiError);
    assert.deepEqual([error.code, error.reason], [409, 'Conflict']);
    assert.equal(error.message, 'admission webhook "w0" denied the request: not today');
    return true;
  });
});

test('createValidatingWebhooks() passes over who cannot be asked only when the policy says so', async (context) => {
  const cluster = await createCluster(context);
  const clientConfig = { url: 'https://127.0.0.1:1/check' };
  await cluster.configure('Validating', { clientConfig, failurePolicy: 'Ignore' });
  assert.deepEqual((await cluster.admit()).data, { a: '1' });
  await cluster.configure('Validating', { clientConfig, failurePolicy: 'Fail', timeoutSeconds: 5 });
  await assert.rejects(cluster.admit(), {
    message:
      'Internal error occurred: failed calling webhook "w0": failed to call webhook: ' +
      'Post "https://127.0.0.1:1/check?timeout=5s": dial tcp 127.0.0.1:1: connect: connection refused',
  });
});

test('createValidatingWebhooks() asks nobody in a dry run who might do more than answer', async (context) => {
  const hooks = await serveWebhook(context, ({ dryRun }) => ({
    allowed: true,
    warnings: [`dry run: ${String(dryRun)}`],
  }));
  const cluster = await createCluster(context);
  const clientConfig = { url: hooks.url, caBundle: hooks.caBundle };
  await cluster.configure('Validating', { clientConfig, sideEffects: 'Some' });
  await assert.rejects(cluster.admit(true), { message: 'admission webhook "w0" does not support dry run' });
  assert.deepEqual(pathsOf(hooks), []);
  await cluster.configure('Validating', { clientConfig, sideEffects: 'NoneOnDryRun' });
  assert.deepEqual((await cluster.admit(true)).warnings, ['dry run: true']);
});

test('createValidatingWebhooks() does not believe an answer to another question', async (context) => {
  const hooks = await serveWebhook(context, () => ({ uid: 'other', allowed: true }));
  const cluster = await createCluster(context);
  await cluster.configure('Validating', { clientConfig: { url: hooks.url, caBundle: hooks.caBundle } });
  await assert.rejects(cluster.admit(), /received invalid webhook response: expected response\.uid=/);
});

test('createMutatingWebhooks() tells the audit log what every webhook did', async (context) => {
  const hooks = await serveWebhook(context, () => ({
    ...patch({ op: 'add', path: '/data/b', value: '2' }),
    auditAnnotations: { why: 'because' },
  }));
  const cluster = await createCluster(context);
  const clientConfig = { url: hooks.url, caBundle: hooks.caBundle };
  const unreachable = { url: 'https://127.0.0.1:1' };
  await cluster.configure('Mutating', { clientConfig }, { clientConfig: unreachable, failurePolicy: 'Ignore' });
  assert.deepEqual((await cluster.admit()).audit, {
    'w0/why': 'because',
    'patch.webhook.admission.k8s.io/round_0_index_0':
      '{"configuration":"c","webhook":"w0","patch":[{"op":"add","path":"/data/b","value":"2"}],"patchType":"JSONPatch"}',
    'mutation.webhook.admission.k8s.io/round_0_index_0': '{"configuration":"c","webhook":"w0","mutated":true}',
    'failed-open.mutation.webhook.admission.k8s.io/round_0_index_1': 'w1',
    'mutation.webhook.admission.k8s.io/round_0_index_1': '{"configuration":"c","webhook":"w1","mutated":false}',
  });
});

test('createMutatingWebhooks() refuses answers that make no sense, in their own words', async (context) => {
  const cases: readonly (readonly [object | number, RegExp])[] = [
    [
      { allowed: true, patch: 'W10=' },
      /received invalid webhook response: webhook returned response\.patch but not response\.patchType/,
    ],
    [{ allowed: true, patchType: 'JSONPatch' }, /webhook returned response\.patchType but not response\.patch/],
    [
      patch({ op: 'remove', path: '/data/none' }),
      /^Internal error occurred: error in remove for path: '\/data\/none': Unable to remove nonexistent key: none: missing value$/,
    ],
    [
      patch({ op: 'replace', path: '/data', value: 5 }),
      /^Internal error occurred: json: cannot unmarshal number into Go struct field ConfigMap\.data of type map\[string\]string$/,
    ],
    [
      { ...patch({ op: 'test', path: '/data/a', value: '1' }), patchType: 'Merge' },
      /failed calling webhook "w0": unsupported patch type "Merge"$/,
    ],
    [
      { ...patch(), patch: Buffer.from('{}').toString('base64') },
      /received undecodable patch in webhook response: json: cannot unmarshal object into Go value of type jsonpatch\.Patch$/,
    ],
    [
      { ...patch(), patch: Buffer.from('[x').toString('base64') },
      /received undecodable patch in webhook response: invalid character 'x' looking for beginning of value$/,
    ],
    [
      { allowed: 'yes' },
      /failed to call webhook: json: cannot unmarshal string into Go struct field AdmissionResponse\.response\.allowed of type bool$/,
    ],
    [{ allowed: false, status: { reason: 'Because', code: 200 } }, /denied the request: Because$/],
    [500, /failed to call webhook: an error on the server \("broken"\) has prevented the request from succeeding/],
    [404, /failed to call webhook: the server could not find the requested resource/],
  ];
  const state: { answer: object | number } = { answer: 0 };
  const hooks = await serveWebhook(context, () => state.answer);
  const cluster = await createCluster(context);
  await cluster.configure('Mutating', { clientConfig: { url: hooks.url, caBundle: hooks.caBundle } });
  for (const [answer, message] of cases) {
    state.answer = answer;
    await assert.rejects(cluster.admit(), { message });
  }
  state.answer = { allowed: false, status: { reason: 'Because', code: 200 } };
  await assert.rejects(cluster.admit(), { reason: 'Because', code: 400 });
});

test('createValidatingWebhooks() speaks v1beta1 with those who know nothing newer', async (context) => {
  const hooks = await serveWebhook(context, () => ({ allowed: false }));
  const cluster = await createCluster(context);
  const clientConfig = { url: hooks.url, caBundle: hooks.caBundle };
  await cluster.configure('Validating', { clientConfig, admissionReviewVersions: ['v7', 'v1beta1', 'v1'] });
  await assert.rejects(cluster.admit(), { message: 'admission webhook "w0" denied the request without explanation' });
});

test('webhooks are counted: what they answer, refuse and miss, and what their conditions keep out', async (context) => {
  const hooks = await serveWebhook(context, () => ({ allowed: false, status: { message: 'no', code: 409 } }));
  const cluster = await createCluster(context);
  const clientConfig = { url: `${hooks.url}/x`, caBundle: hooks.caBundle };
  const nobody = { clientConfig: { url: 'https://127.0.0.1:1/x', caBundle: hooks.caBundle }, failurePolicy: 'Ignore' };
  const never = { clientConfig, matchConditions: [{ name: 'never', expression: 'false' }] };
  await cluster.configure('Mutating', nobody, never);
  await cluster.configure('Validating', { clientConfig });
  await assert.rejects(cluster.admit());
  const text = cluster.figures.text();
  const prefix = 'apiserver_admission_webhook';
  for (const line of [
    `${prefix}_fail_open_count{name="w0",type="admit"} 1`,
    `${prefix}_request_total{name="w0",type="admit",operation="CREATE",code="503",rejected="false"} 1`,
    `${prefix}_request_total{name="w0",type="validating",operation="CREATE",code="409",rejected="true"} 1`,
    `${prefix}_rejection_count{name="w0",type="validating",operation="CREATE",error_type="no_error",rejection_code="409"} 1`,
    'apiserver_admission_match_condition_exclusions_total{name="w1",kind="webhook",type="admit",operation="CREATE"} 1',
  ]) {
    assert.ok(text.split('\n').includes(line), line);
  }
});
