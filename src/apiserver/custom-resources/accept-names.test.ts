import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CustomResourceDefinition, CustomResourceDefinitionNames } from '../../api/groups/apiextensions.v1.ts';
import { acceptNames } from './accept-names.ts';

const nothing = { plural: '', kind: '' };
const widgets = { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' };

function definition(
  names: CustomResourceDefinitionNames,
  accepted: CustomResourceDefinitionNames = nothing,
): CustomResourceDefinition {
  const spec = { group: 'example.com', scope: 'Namespaced', names, versions: [] };
  const status = { conditions: null, acceptedNames: accepted, storedVersions: ['v1'] };
  return { metadata: { name: `${names.plural}.example.com` }, spec, status } as unknown as CustomResourceDefinition;
}

test('acceptNames() accepts names that nobody holds and establishes the definition', () => {
  const { names, namesAccepted, established } = acceptNames(definition({ ...widgets, shortNames: ['wd'] }), []);
  assert.deepEqual(names, { ...widgets, shortNames: ['wd'] });
  assert.equal(namesAccepted.reason, 'NoConflicts');
  assert.deepEqual([established.status, established.reason], ['True', 'InitialNamesAccepted']);
});

test('acceptNames() accepts the free names when others are in use, and reports the last conflict', () => {
  const gadgets = { ...widgets, plural: 'gadgets', singular: 'gadget', shortNames: ['widget'] };
  const { names, namesAccepted, established } = acceptNames(definition(gadgets), [widgets]);
  assert.deepEqual(names, { plural: 'gadgets', singular: 'gadget', kind: '' });
  assert.deepEqual(
    [namesAccepted.reason, namesAccepted.message],
    ['ListKindConflict', '"WidgetList" is already in use'],
  );
  assert.deepEqual([established.status, established.reason], ['False', 'NotAccepted']);
});

test('acceptNames() keeps names that are its own already', () => {
  const changed = definition({ ...widgets, categories: ['all'] }, widgets);
  assert.deepEqual(acceptNames(changed, []).names, { ...widgets, categories: ['all'] });
});
