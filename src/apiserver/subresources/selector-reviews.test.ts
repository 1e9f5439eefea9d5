import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResourceAttributes } from '../../api/groups/authorization.v1.ts';
import { selectorErrors, selectorsOf, unreadableSelectors } from './selector-reviews.ts';

const texts = (attributes: object): string[] =>
  selectorErrors(attributes as ResourceAttributes).map(({ field, message }) => `${field}: ${message}`);

test('selectorErrors() checks keys of fields first, of labels last, and takes operators it does not know', () => {
  const fields = 'spec.resourceAttributes.fieldSelector';
  const labels = 'spec.resourceAttributes.labelSelector';
  const both = { rawSelector: 'a=b', requirements: [{ key: 'a', operator: 'Exists' }] };
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [
      { fieldSelector: {} },
      [`${fields}.requirements: Required value: when ${fields} is specified, requirements or rawSelector is required`],
    ],
    [
      { labelSelector: both },
      [`${labels}.rawSelector: Invalid value: "a=b": may not specified at the same time as requirements`],
    ],
    [
      { fieldSelector: { requirements: [{ key: '', operator: 'In' }] } },
      [
        `${fields}.requirements[0].key: Required value: must be specified`,
        `${fields}.requirements[0].values: Required value: must be specified when \`operator\` is 'In' or 'NotIn'`,
      ],
    ],
    [{ fieldSelector: { requirements: [{ key: 'a', operator: 'Later' }] } }, []],
  ];
  for (const [attributes, expected] of cases) assert.deepEqual(texts(attributes), expected);
  const wrong = { labelSelector: { requirements: [{ key: '-', operator: 'Exists', values: ['-'] }] } };
  assert.deepEqual(
    texts(wrong).map((text) => text.slice(labels.length, text.indexOf(': ', labels.length))),
    ['.requirements[0].values', '.requirements[0].key', '.requirements[0].values[0]'],
  );
});

test('selectorsOf() leaves out what cannot be read, and unreadableSelectors() says so', () => {
  const attributes = {
    fieldSelector: { rawSelector: 'a=b' },
    labelSelector: { rawSelector: 'a in' },
  } as ResourceAttributes;
  assert.deepEqual(Object.keys(selectorsOf(attributes)), ['fieldSelector']);
  assert.equal(unreadableSelectors(attributes), 'spec.resourceAttributes.labelSelector ignored due to parse error');
});
