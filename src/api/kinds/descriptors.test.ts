import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Descriptor } from '../descriptor.ts';
import { builtinResources } from '../resources.ts';
import { descriptors } from './descriptors.ts';

const all = descriptors as readonly Descriptor<never>[];

test('descriptors has one for each resource, in the order of discovery', () => {
  assert.deepEqual(
    all.map(({ resource }) => resource),
    builtinResources,
  );
});

test('descriptors give every listed resource a table that starts with a name or a time', () => {
  for (const { resource, table } of all) {
    if (!resource.verbs.includes('list')) continue;
    assert.ok(table !== undefined, resource.plural);
    assert.ok(['Name', 'Last Seen'].includes(table.columns[0]?.name ?? ''), resource.plural);
  }
});

test('descriptors can show an object that has nothing but a name', () => {
  for (const { resource, table, selectableFields, selectableFieldNames } of all) {
    if (table === undefined) continue;
    const bare = bareObject(resource.plural);
    const cells = table.cells(bare as never, 0);
    const unnamed = resource.plural === 'ipaddresses' ? 1 : 0;
    assert.equal(cells.length, table.columns.length + unnamed, resource.plural);
    const values = selectableFields?.(bare as never) ?? {};
    assert.deepEqual(Object.keys(values), selectableFieldNames ?? [], resource.plural);
  }
});

test('descriptors answer a delete with the object where the original does, else with a status', () => {
  const answering = all.filter(({ deleteAnswersObject }) => deleteAnswersObject === true);
  assert.deepEqual(answering.map(({ resource }) => resource.plural).toSorted(), [
    'csidrivers',
    'csinodes',
    'customresourcedefinitions',
    'deviceclasses',
    'namespaces',
    'persistentvolumeclaims',
    'persistentvolumes',
    'pods',
    'podtemplates',
    'resourceclaims',
    'resourceclaimtemplates',
    'resourcequotas',
    'resourceslices',
    'serviceaccounts',
    'services',
    'storageclasses',
    'volumeattachments',
    'volumeattributesclasses',
  ]);
});

/** What the decoder makes of an object of the kind: parts that are always written are there. */
function bareObject(plural: string): object {
  const inner = { metadata: {}, spec: {} };
  return {
    metadata: { name: plural, creationTimestamp: '1970-01-01T00:00:00Z' },
    spec: {
      template: inner,
      jobTemplate: { metadata: {}, spec: { template: inner } },
      source: {},
      scaleTargetRef: {},
      pool: {},
      names: {},
    },
    status: {},
    template: inner,
    roleRef: {},
    involvedObject: {},
    regarding: {},
  };
}
