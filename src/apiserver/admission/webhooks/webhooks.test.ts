import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { ApiError } from '../../../api/api-error.ts';
import type { Draft } from '../../../api/descriptor.ts';
import type { KubeObject } from '../../../api/kind.ts';
import { descriptors } from '../../../api/kinds/descriptors.ts';
import {
  ConfigMaps,
  MutatingWebhookConfigurations,
  Namespaces,
  Services,
  ValidatingWebhookConfigurations,
} from '../../../api/resources.ts';
import { createCertificate } from '../../../base/certificate.ts';
import { virtualClock } from '../../../base/clock.ts';
import { silentLog } from '../../../base/log.ts';
import { openEmbeddedStore } from '../../../store/embedded/open.ts';
import { storedBytes } from '../../registry/entry.ts';
import { ServedResources } from '../../registry/served-resources.ts';
import { storageKey } from '../../registry/served.ts';
import type { Admitted } from '../admission.ts';
import { createMutatingWebhooks, createValidatingWebhooks } from './webhooks.ts';

interface Asked {
  readonly uid: string;
  readonly object: { readonly data: Record<string, string> };
  readonly dryRun: boolean;
}

type Answer = (request: Asked, path: string) => object;

interface Hooks {
  readonly url: string;
  readonly caBundle: string;
  readonly asked: string[];
}

/** A webhook of its own on a free port. */
async function serveWebhook(context: TestContext, answer: Answer): Promise<Hooks> {
  const nowMs = Date.now();
  const validity = { notBeforeMs: nowMs - 60_000, notAfterMs: nowMs + 3_600_000 };
  const authority = createCertificate({ commonName: 'authority', usage: 'authority', ...validity });
  const pair = createCertificate(
    { commonName: 'webhook', hosts: ['127.0.0.1'], usage: 'server', ...validity },
    authority,
  );
  const asked: string[] = [];
  const server = createServer({ cert: pair.certificate, key: pair.key }, (incoming, outgoing) => {
    void answerTo(incoming, outgoing);
  });
  const answerTo = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { request } = JSON.parse(await text(incoming)) as { readonly request: Asked };
    const path = (incoming.url ?? '').split('?')[0] ?? '';
    asked.push(path);
    const response = { uid: request.uid, ...answer(request, path) };
    outgoing.end(JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', response }));
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `https://127.0.0.1:${port}`, caBundle: Buffer.from(authority.certificate).toString('base64'), asked };
}

const uid = '00000000-0000-4000-8000-000000000000';
const rules = [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['configmaps'] }];

interface Cluster {
  /** Stores a configuration of one kind with these webhooks. */
  configure(kind: 'Mutating' | 'Validating', ...webhooks: readonly object[]): Promise<void>;
  /** Admits a new ConfigMap; answers its data and the warnings. */
  admit(dryRun?: boolean): Promise<{ readonly data: unknown; readonly warnings: readonly string[] }>;
}

async function createCluster(context: TestContext): Promise<Cluster> {
  const store = await openEmbeddedStore({ directory: ':memory:', clock: virtualClock(), log: silentLog });
  const served = new ServedResources(store, descriptors);
  context.after(async () => {
    served.close();
    await store.close();
  });
  const others = { namespaces: served.of(Namespaces), services: served.of(Services), log: silentLog };
  const mutating = createMutatingWebhooks({ configurations: served.of(MutatingWebhookConfigurations), ...others });
  const validating = createValidatingWebhooks({
    configurations: served.of(ValidatingWebhookConfigurations),
    ...others,
  });
  return {
    async configure(kind, ...webhooks) {
      const of = served.of(kind === 'Mutating' ? MutatingWebhookConfigurations : ValidatingWebhookConfigurations);
      const metadata = { name: 'c', uid, creationTimestamp: '2026-01-01T00:00:00Z' };
      const filled = webhooks.map((webhook, index) => ({ name: `w${index}`, sideEffects: 'None', rules, ...webhook }));
      const object = { kind: of.type.kind, apiVersion: of.resource.apiVersion, metadata, webhooks: filled };
      const value = storedBytes(object as unknown as KubeObject);
      await store.transact([], [{ type: 'put', key: storageKey(of, undefined, 'c'), value }]);
    },
    async admit(dryRun = false) {
      const warnings: string[] = [];
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
      };
      await mutating.mutate?.(request);
      await validating.validate?.(request);
      return { data: (request.object as unknown as { readonly data: unknown }).data, warnings };
    },
  };
}

function patch(...operations: readonly object[]): object {
  const encoded = Buffer.from(JSON.stringify(operations)).toString('base64');
  return { allowed: true, patchType: 'JSONPatch', patch: encoded };
}

test('createMutatingWebhooks() applies patches in order and calls again who asked for it', async (context) => {
  const hooks = await serveWebhook(context, ({ object }, path) =>
    path === '/first'
      ? patch({ op: 'add', path: '/data/first', value: `saw ${Object.keys(object.data).length}` })
      : patch({ op: 'add', path: '/data/second', value: 'x' }),
  );
  const cluster = await createCluster(context);
  const client = (path: string) => ({ clientConfig: { url: hooks.url + path, caBundle: hooks.caBundle } });
  await cluster.configure('Mutating', { ...client('/first'), reinvocationPolicy: 'IfNeeded' }, client('/second'));
  assert.deepEqual((await cluster.admit()).data, { a: '1', first: 'saw 3', second: 'x' });
  assert.deepEqual(hooks.asked, ['/first', '/second', '/first']);
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
  const hooks = await serveWebhook(context, ({ dryRun }) => ({ allowed: true, warnings: [`dry run: ${dryRun}`] }));
  const cluster = await createCluster(context);
  const clientConfig = { url: hooks.url, caBundle: hooks.caBundle };
  await cluster.configure('Validating', { clientConfig, sideEffects: 'Some' });
  await assert.rejects(cluster.admit(true), { message: 'admission webhook "w0" does not support dry run' });
  assert.deepEqual(hooks.asked, []);
  await cluster.configure('Validating', { clientConfig, sideEffects: 'NoneOnDryRun' });
  assert.deepEqual((await cluster.admit(true)).warnings, ['dry run: true']);
});

test('createValidatingWebhooks() does not believe an answer to another question', async (context) => {
  const hooks = await serveWebhook(context, () => ({ uid: 'other', allowed: true }));
  const cluster = await createCluster(context);
  await cluster.configure('Validating', { clientConfig: { url: hooks.url, caBundle: hooks.caBundle } });
  await assert.rejects(cluster.admit(), /received invalid webhook response: expected response\.uid=/);
});
