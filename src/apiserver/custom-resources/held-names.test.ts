import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CustomResourceDefinition, CustomResourceDefinitionNames } from '../../api/groups/apiextensions.v1.ts';
import { HeldNames } from './held-names.ts';

const widgets: CustomResourceDefinitionNames = { plural: 'widgets', kind: 'Widget' };
const gadgets: CustomResourceDefinitionNames = { plural: 'gadgets', kind: 'Gadget' };

function holder(
  name: string,
  acceptedNames: CustomResourceDefinitionNames,
  accepted: string,
): CustomResourceDefinition {
  const status = { acceptedNames, conditions: [{ type: 'NamesAccepted', status: accepted }] };
  return { metadata: { name }, status } as unknown as CustomResourceDefinition;
}

test('HeldNames tells what the other definitions of a group hold', () => {
  const held = new HeldNames();
  held.set(holder('widgets.example.com', widgets, 'True'));
  held.set(holder('gadgets.example.com', gadgets, 'True'));
  held.set(holder('widgets.other.example.com', widgets, 'True'));
  assert.deepEqual(held.besides('widgets.example.com'), [gadgets]);
  assert.deepEqual(held.besides('new.example.com'), [widgets, gadgets]);
  assert.deepEqual(held.besides('widgets.other.example.com'), []);
});

test('HeldNames tells who waits for a name, and forgets definitions that are gone', () => {
  const held = new HeldNames();
  held.set(holder('widgets.example.com', widgets, 'True'));
  held.set(holder('gadgets.example.com', { ...gadgets, kind: '' }, 'False'));
  held.delete('widgets.example.com');
  assert.deepEqual(held.waitingWith('widgets.example.com'), ['gadgets.example.com']);
  held.set(holder('gadgets.example.com', gadgets, 'True'));
  assert.deepEqual(held.waitingWith('widgets.example.com'), []);
  held.delete('gadgets.example.com');
  assert.deepEqual(held.besides('widgets.example.com'), []);
});
