import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, zeroOf } from '../codec/decode.ts';
import { Deployment } from '../groups/apps.v1.ts';
import { ConfigMap, Pod, ServiceAccount } from '../groups/core.v1.ts';
import { message, type KindType } from '../message.ts';
import { list, map, optional, string, type JsonObject } from '../schema.ts';
import { applyConfiguration } from './apply-configuration.ts';
import { applyPatch, type ApplyResult } from './apply-patch.ts';
import { applyConflict } from './conflict.ts';
import { managedFieldsOf, type ManagedFieldsEntry } from './managed-fields.ts';
import { forgetsManagers, trackUpdate } from './track-update.ts';

const nowMs = Date.UTC(2026, 0, 1);

/** One object and what is done to it, as a server would. */
class Subject {
  readonly type: KindType;
  live: JsonObject | undefined;
  nowMs = nowMs;

  constructor(type: KindType) {
    this.type = type;
  }

  apply(manager: string, applied: JsonObject, options: { force?: boolean; subresource?: string } = {}): ApplyResult {
    const { type, live, nowMs: at } = this;
    const { force = false, subresource = '' } = options;
    const result = applyPatch({ type, live, applied, manager, force, subresource, nowMs: at });
    if (result.ok) this.store(result.object, result.managedFields);
    return result;
  }

  update(manager: string, wanted: JsonObject, options: { subresource?: string; forget?: boolean } = {}): void {
    const { type, live, nowMs: at } = this;
    const { subresource = '', forget = false } = options;
    const after = decode(type, wanted).value as JsonObject;
    const managed = trackUpdate({ type, before: live, after, manager, subresource, nowMs: at, forget });
    this.store(after, managed);
  }

  store(wanted: JsonObject, managedFields: readonly ManagedFieldsEntry[] | undefined): void {
    const value = decode(this.type, wanted).value as { metadata?: JsonObject };
    const { managedFields: _, ...metadata } = value.metadata ?? {};
    const managed = managedFields as unknown as JsonObject | undefined;
    this.live = { ...value, metadata: { ...metadata, ...(managed === undefined ? {} : { managedFields: managed }) } };
  }

  get data(): unknown {
    return this.live?.['data'];
  }

  /** manager → FieldsV1 */
  get owners(): Record<string, unknown> {
    const managedFields = managedFieldsOf(this.live ?? {}) ?? [];
    return Object.fromEntries(managedFields.map((entry) => [`${entry.manager} ${entry.operation}`, entry.fieldsV1]));
  }
}

const configMap = (data?: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a' },
  ...(data === undefined ? {} : { data }),
});

const conflictOf = (result: ApplyResult): string => (result.ok ? 'none' : applyConflict(result.conflicts).message);

test('applyPatch() owns what is applied, and removes what is left out', () => {
  const subject = new Subject(ConfigMap);
  subject.apply('one', configMap({ x: '1', y: '2' }));
  assert.deepEqual(subject.owners, { 'one Apply': { 'f:data': { 'f:x': {}, 'f:y': {} } } });
  subject.apply('one', configMap({ y: '2' }));
  assert.deepEqual(subject.data, { y: '2' });
  subject.apply('one', configMap());
  assert.equal(subject.data, undefined);
  assert.deepEqual(subject.owners, {});
});

test('applyPatch() keeps what another manager owns too', () => {
  const subject = new Subject(ConfigMap);
  subject.apply('one', configMap({ x: '1', y: '2' }));
  const shared = subject.apply('two', configMap({ x: '1' }));
  assert.ok(shared.ok && !shared.changed && shared.managedFields?.[0]?.time === undefined);
  subject.apply('one', configMap({ y: '2' }));
  assert.deepEqual(subject.data, { x: '1', y: '2' });
  subject.apply('two', configMap());
  assert.deepEqual(subject.data, { y: '2' });
});

test('applyPatch() names conflicts, and force takes the fields', () => {
  const subject = new Subject(ConfigMap);
  subject.update('creator', configMap({ x: '1', y: '1' }));
  subject.apply('two', configMap({ z: '1' }));
  assert.equal(
    conflictOf(subject.apply('one', configMap({ x: '2', y: '2', z: '2' }))),
    'Apply failed with 3 conflicts: conflicts with "creator" using v1:\n- .data.x\n- .data.y\nconflicts with "two":\n- .data.z',
  );
  const conflict = subject.apply('one', configMap({ x: '2' }));
  assert.equal(conflictOf(conflict), 'Apply failed with 1 conflict: conflict with "creator" using v1: .data.x');
  assert.ok(!conflict.ok);
  assert.deepEqual(applyConflict(conflict.conflicts).details?.causes, [
    { reason: 'FieldManagerConflict', message: 'conflict with "creator" using v1', field: '.data.x' },
  ]);
  subject.apply('one', configMap({ x: '2' }), { force: true });
  assert.deepEqual(subject.owners, {
    'one Apply': { 'f:data': { 'f:x': {} } },
    'two Apply': { 'f:data': { 'f:z': {} } },
    'creator Update': { 'f:data': { '.': {}, 'f:y': {} } },
  });
});

test('applyPatch() owns explicit nulls and empty maps', () => {
  const subject = new Subject(ConfigMap);
  const metadata = { name: 'a', labels: null, annotations: {} };
  subject.apply('one', { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: null });
  assert.deepEqual(subject.owners, {
    'one Apply': { 'f:data': {}, 'f:metadata': { 'f:annotations': {}, 'f:labels': {} } },
  });
});

const deployment = (spec: JsonObject): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec,
});
const withContainers = (...containers: JsonObject[]): JsonObject => deployment({ template: { spec: { containers } } });

test('applyPatch() lets managers own list items by their keys', () => {
  const subject = new Subject(Deployment);
  subject.apply('one', withContainers({ name: 'c', image: 'c:1', ports: [{ containerPort: 80 }] }));
  subject.apply('two', withContainers({ name: 'side', image: 's:1' }));
  const port = 'k:{"containerPort":80,"protocol":"TCP"}';
  const containers = {
    'k:{"name":"c"}': {
      '.': {},
      'f:image': {},
      'f:name': {},
      'f:ports': { [port]: { '.': {}, 'f:containerPort': {} } },
    },
  };
  assert.deepEqual(subject.owners['one Apply'], {
    'f:spec': { 'f:template': { 'f:spec': { 'f:containers': containers } } },
  });
  assert.equal(
    conflictOf(subject.apply('two', withContainers({ name: 'c', image: 'c:2' }))),
    'Apply failed with 1 conflict: conflict with "one": .spec.template.spec.containers[name="c"].image',
  );
  subject.apply('two', deployment({}));
  assert.deepEqual(subject.owners['two Apply'], { 'f:spec': {} });
  assert.deepEqual(containerNames(subject), ['c']);
});

function containerNames(subject: Subject): unknown {
  const { spec } = subject.live as { spec: { template: { spec: { containers: { name: string }[] } } } };
  return spec.template.spec.containers.map(({ name }) => name);
}

test('applyPatch() orders shared items as the applied list does', () => {
  const subject = new Subject(Deployment);
  const items = (names: string): JsonObject => withContainers(...[...names].map((name) => ({ name, image: 'i' })));
  subject.apply('one', items('abc'));
  subject.apply('two', items('na'));
  assert.deepEqual(containerNames(subject), ['n', 'a', 'b', 'c']);
  subject.apply('one', items('cb'));
  assert.deepEqual(containerNames(subject), ['n', 'a', 'c', 'b']);
});

test('applyPatch() refuses what does not fit the type', () => {
  const subject = new Subject(Deployment);
  const cases: readonly (readonly [JsonObject, string])[] = [
    [deployment({ nothing: true }), '.spec.nothing: field not declared in schema'],
    [deployment({ replicas: 'three' }), '.spec.replicas: expected numeric (int or float), got string'],
    [
      deployment({ template: { spec: { containers: 'c' } } }),
      '.spec.template.spec.containers: expected list, got &{c}',
    ],
    [
      withContainers({ name: 'c' }, { name: 'c' }),
      '.spec.template.spec.containers: duplicate entries for key [name="c"]',
    ],
    [
      deployment({ template: { spec: { containers: [null] } } }),
      '.spec.template.spec.containers: element 0: associative list with keys may not have a null element',
    ],
    [
      deployment({ template: { spec: { containers: ['c'] } } }),
      '.spec.template.spec.containers: element 0: associative list with keys may not have non-map elements',
    ],
    [
      deployment({ template: { metadata: { finalizers: ['a', { b: 1 }] } } }),
      ".spec.template.metadata.finalizers: element 1: associative list without keys has an element that's a map type",
    ],
    [
      deployment({ template: { spec: { nodeName: { a: ['b'] } } } }),
      '.spec.template.spec.nodeName: expected string, got &value.valueUnstructured{Value:map[string]interface {}{"a":[]interface {}{"b"}}}',
    ],
  ];
  for (const [applied, text] of cases) {
    assert.throws(() => subject.apply('one', applied), {
      code: 500,
      message: `failed to create typed patch object (/d; apps/v1, Kind=Deployment): ${text}`,
    });
  }
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 's' }, secrets: [{}] };
  assert.throws(() => new Subject(ServiceAccount).apply('one', account), {
    message:
      'failed to create typed patch object (/s; /v1, Kind=ServiceAccount): .secrets: element 0: associative list with keys has ' +
      'an element that omits all key fields ["name"] (and doesn\'t have default values for any key fields)',
  });
  const managed = { ...configMap(), metadata: { managedFields: [] } };
  assert.throws(() => subject.apply('one', managed), { message: 'metadata.managedFields must be nil' });
});

test('applyPatch() counts what an untracked object holds as there before the first apply', () => {
  const subject = new Subject(ConfigMap);
  subject.live = configMap({ x: '1' });
  subject.apply('one', configMap({ y: '1' }));
  assert.deepEqual(subject.owners, {
    'one Apply': { 'f:data': { 'f:y': {} } },
    'before-first-apply Update': { 'f:data': { '.': {}, 'f:x': {} } },
  });
});

test('applyPatch() lets kubectl take over what its client-side apply wrote', () => {
  const subject = new Subject(ConfigMap);
  const lastApplied = JSON.stringify(configMap({ x: '1' }));
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': lastApplied };
  subject.update('kubectl-client-side-apply', {
    ...configMap({ x: '1', y: '1' }),
    metadata: { name: 'a', annotations },
  });
  assert.equal(conflictOf(subject.apply('kubectl', configMap({ x: '2' }))), 'none');
  assert.match(conflictOf(subject.apply('kubectl', configMap({ y: '2' }))), /\.data\.y$/);
  const live = subject.live as { metadata: { annotations: Record<string, string> } };
  assert.deepEqual(Object.values(live.metadata.annotations), [`${JSON.stringify(configMap({ x: '2' }))}\n`]);
});

test('applyPatch() treats sets, atomic maps and free maps as declared', () => {
  const type = message('v1', 't.v1.T', {
    tags: optional(0, list(string, { listType: 'set' })),
    whole: optional(0, map(string, { atomic: true })),
    free: optional(0, map(string)),
  });
  const request = { type, force: false, subresource: '', nowMs };
  const first = applyPatch({
    ...request,
    live: undefined,
    applied: { tags: ['t'], whole: { a: '1' }, free: { f: '1' } },
    manager: 'one',
  });
  assert.ok(first.ok);
  assert.deepEqual(first.managedFields?.[0]?.fieldsV1, {
    'f:free': { 'f:f': {} },
    'f:tags': { 'v:"t"': {} },
    'f:whole': {},
  });
  const live: JsonObject = {
    ...first.object,
    metadata: { managedFields: first.managedFields as unknown as JsonObject },
  };
  const second = applyPatch({ ...request, live, applied: { tags: ['u', 't'], whole: { b: '2' } }, manager: 'two' });
  assert.equal(conflictOf(second), 'Apply failed with 1 conflict: conflict with "one": .whole');
  const third = applyPatch({ ...request, live, applied: { tags: ['u', 't'] }, manager: 'two' });
  assert.ok(third.ok);
  assert.deepEqual(third.object['tags'], ['u', 't']);
});

test('trackUpdate() gives fields to who changes them', () => {
  const subject = new Subject(ConfigMap);
  subject.apply('one', configMap({ x: '1' }));
  subject.update('editor', configMap({ x: '1' }));
  assert.deepEqual(Object.keys(subject.owners), ['one Apply']);
  subject.update('editor', configMap({ x: '1', y: '2' }));
  assert.deepEqual(subject.owners['editor Update'], { 'f:data': { 'f:y': {} } });
  subject.update('editor', configMap({ y: '2' }));
  assert.deepEqual(subject.owners, { 'editor Update': { 'f:data': { 'f:y': {} } } });
});

test('trackUpdate() sees all that a new object holds', () => {
  const subject = new Subject(Pod);
  subject.update('creator', {
    metadata: { name: 'p', labels: { a: 'b' } },
    spec: { containers: [{ name: 'c', image: 'i' }], securityContext: {} },
  });
  const container = { '.': {}, 'f:image': {}, 'f:name': {}, 'f:resources': {} };
  assert.deepEqual(subject.owners, {
    'creator Update': {
      'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } },
      'f:spec': { 'f:containers': { 'k:{"name":"c"}': container }, 'f:securityContext': {} },
    },
  });
});

test('trackUpdate() forgets all managers when asked to, and tracks no more', () => {
  const subject = new Subject(ConfigMap);
  subject.update('one', configMap({ x: '1' }));
  assert.ok(forgetsManagers({ metadata: { managedFields: [] } }));
  assert.ok(forgetsManagers({ metadata: { managedFields: [{}] } }));
  assert.ok(!forgetsManagers({ metadata: {} }));
  subject.update('two', configMap({ x: '2' }), { forget: true });
  assert.deepEqual(subject.owners, {});
  subject.update('two', configMap({ x: '3' }));
  assert.deepEqual(subject.owners, {});
});

test('trackUpdate() puts the oldest of more than ten updaters together', () => {
  const subject = new Subject(ConfigMap);
  const data: Record<string, string> = {};
  for (let i = 0; i <= 11; i++) {
    data[`k${i}`] = '0';
    subject.nowMs = nowMs + i * 1000;
    subject.update(`m${i}`, configMap({ ...data }));
  }
  assert.equal(Object.keys(subject.owners).length, 10);
  assert.deepEqual(subject.owners['ancient-changes Update'], {
    'f:data': { '.': {}, 'f:k0': {}, 'f:k1': {}, 'f:k2': {} },
  });
});

test('trackUpdate() leaves alone what the endpoint resets', () => {
  const before: JsonObject = { metadata: { name: 'p' }, spec: { containers: null }, status: {} };
  const after = { ...before, status: { phase: 'Running' }, spec: { containers: null, nodeName: 'n' } };
  const common = { type: Pod, after, manager: 'm', subresource: '', nowMs };
  const [entry] = trackUpdate({ ...common, before: undefined, resetFields: [['status']] }) ?? [];
  assert.deepEqual(entry?.fieldsV1, { 'f:spec': { 'f:nodeName': {} } });
  assert.equal(trackUpdate({ ...common, before }), undefined);
  assert.deepEqual(zeroOf(Pod), { metadata: {}, spec: { containers: null }, status: {} });
});

test('trackUpdate() and applyPatch() own nothing but what the endpoint looks at', () => {
  const container = (image: string, cpu: string): JsonObject => ({ name: 'c', image, resources: { limits: { cpu } } });
  const pod = (image: string, cpu: string, labels: JsonObject): JsonObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', labels },
    spec: { containers: [container(image, cpu)] },
    status: {},
  });
  const onlyFields = [['spec', 'containers', '*', 'resources']];
  const common = { type: Pod, manager: 'two', subresource: 'resize', nowMs, onlyFields };
  const made = pod('i:1', '1', {});
  const [first] = trackUpdate({ ...common, subresource: '', before: undefined, after: made, manager: 'one' }) ?? [];
  const live = { ...made, metadata: { name: 'p', managedFields: [first] } } as unknown as JsonObject;
  const after = pod('i:2', '2', { a: 'b' });
  const limits = {
    'f:spec': { 'f:containers': { 'k:{"name":"c"}': { 'f:resources': { 'f:limits': { 'f:cpu': {} } } } } },
  };
  const tracked = trackUpdate({ ...common, before: live, after });
  assert.deepEqual(tracked?.find(({ manager }) => manager === 'two')?.fieldsV1, limits);
  const { status: _, ...applied } = after;
  const result = applyPatch({ ...common, live, applied, force: false });
  assert.ok(!result.ok);
  assert.equal(result.conflicts.length, 1);
  const forced = applyPatch({ ...common, live, applied, force: true });
  assert.ok(forced.ok);
  assert.deepEqual(forced.managedFields?.find(({ manager }) => manager === 'two')?.fieldsV1, limits);
});

test('applyConfiguration() says what cannot be read for all its type', () => {
  const applied = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, binaryData: { x: '!!' } };
  const request = { type: ConfigMap, live: undefined, applied, manager: 'one', force: false, subresource: '', nowMs };
  assert.throws(() => applyConfiguration({ ...request, withDefaults: (draft) => draft }), {
    message:
      'failed to convert new object (/a; /v1, Kind=ConfigMap) to proper version: unable to convert unstructured object to ' +
      '/v1, Kind=ConfigMap: error decoding from json: illegal base64 data at input byte 0',
  });
});
