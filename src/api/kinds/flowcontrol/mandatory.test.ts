import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowSchema, PriorityLevelConfiguration } from '../../groups/flowcontrol.v1.ts';
import { flowSchemaErrors } from './flow-schema-errors.ts';
import { mandatoryLevels, mandatorySchemas } from './mandatory.ts';
import { priorityLevelErrors } from './priority-level-errors.ts';

const level = (name: string, spec: object): readonly string[] =>
  priorityLevelErrors({ metadata: { name }, spec } as unknown as PriorityLevelConfiguration).map(
    ({ field, message }) => `${field}: ${message}`,
  );
const schema = (name: string, spec: object, status: object = {}): readonly string[] =>
  flowSchemaErrors({ metadata: { name }, spec, status } as unknown as FlowSchema).map(
    ({ field, message }) => `${field}: ${message}`,
  );

test('flowSchemaErrors() keeps the schemas that every cluster has as they are', () => {
  for (const name of ['exempt', 'catch-all'] as const) assert.deepEqual(schema(name, mandatorySchemas[name]), []);
  const [error = '', ...others] = schema('catch-all', { ...mandatorySchemas['catch-all'], matchingPrecedence: 9 });
  assert.deepEqual(others, []);
  assert.match(
    error,
    /^spec: Invalid value: \{.*"MatchingPrecedence":9,.*\}: spec of 'catch-all' must equal the fixed value$/,
  );
});

test('flowSchemaErrors() looks at conditions, too', () => {
  assert.deepEqual(schema('exempt', mandatorySchemas.exempt, { conditions: [{ type: '' }] }), [
    'status.conditions[0].type: Required value: must not be empty',
  ]);
});

test('priorityLevelErrors() lets the shares of what is exempt change and nothing else', () => {
  const exempt = { type: 'Exempt', exempt: { nominalConcurrencyShares: 7, lendablePercent: 1 } };
  assert.deepEqual(level('exempt', exempt), []);
  assert.deepEqual(level('catch-all', mandatoryLevels['catch-all']), []);
  const limited = { ...mandatoryLevels['catch-all'].limited, nominalConcurrencyShares: 6 };
  const [error = ''] = level('catch-all', { type: 'Limited', limited });
  assert.match(error, /^spec: Invalid value: .* spec of 'catch-all' must equal the fixed value$/);
  const errors = level('exempt', { ...exempt, limited });
  assert.match(errors.at(-1) ?? '', /spec of 'exempt' except the 'spec\.exempt' field must equal the fixed value$/);
});
