import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LimitRange, ResourceQuota } from '../../groups/core.v1.ts';
import { limitRangeErrors } from './limit-range-errors.ts';
import { quotaErrors, quotaUpdateErrors } from './quota-errors.ts';

const texts = (errors: readonly { readonly field: string; readonly message: string }[]): string[] =>
  errors.map(({ field, message }) => `${field}: ${message}`);
const range = (...limits: readonly object[]): LimitRange =>
  ({ metadata: { name: 'l', namespace: 'n' }, spec: { limits } }) as unknown as LimitRange;
const quota = (spec: object): ResourceQuota =>
  ({ metadata: { name: 'q', namespace: 'n' }, spec, status: {} }) as unknown as ResourceQuota;

test('limitRangeErrors() tells of types and of bounds that cross', () => {
  const at = 'spec.limits[0]';
  const cases: readonly (readonly [readonly object[], readonly string[]])[] = [
    [[{ type: 'Node' }], [`${at}.type: Invalid value: "Node": must be a standard limit type or fully qualified`]],
    [[{ type: 'Pod' }, { type: 'Pod' }], ['spec.limits[1].type: Duplicate value: "Pod"']],
    [
      [{ type: 'Pod', default: { cpu: '1' } }],
      [`${at}.default: Forbidden: may not be specified when \`type\` is 'Pod'`],
    ],
    [
      [{ type: 'PersistentVolumeClaim' }],
      [`${at}.limits: Required value: either minimum or maximum storage value is required, but neither was provided`],
    ],
    [
      [{ type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } }],
      [`${at}.min[cpu]: Invalid value: "2": min value 2 is greater than max value 1`],
    ],
    [
      [{ type: 'Container', default: { cpu: '1' }, defaultRequest: { cpu: '2' } }],
      [`${at}.defaultRequest[cpu]: Invalid value: "2": default request value 2 is greater than default limit value 1`],
    ],
    [
      [{ type: 'Container', maxLimitRequestRatio: { cpu: '500m' } }],
      [`${at}.maxLimitRequestRatio[cpu]: Invalid value: "500m": ratio 500m is less than 1`],
    ],
    [
      [{ type: 'Container', min: { cpu: '1' }, max: { cpu: '2' }, maxLimitRequestRatio: { cpu: '3' } }],
      [`${at}.maxLimitRequestRatio[cpu]: Invalid value: "3": ratio 3 is greater than max/min = 2.000000`],
    ],
  ];
  for (const [limits, expected] of cases) assert.deepEqual(texts(limitRangeErrors(range(...limits))), expected);
});

test('quotaErrors() tells of resources and scopes that do not fit', () => {
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [{ hard: { 'count/pods': '1', pods: '1', 'requests.cpu': '1' } }, []],
    [{ hard: { pods: '-1' } }, ['spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0']],
    [{ hard: { pods: '500m' } }, ['spec.hard[pods]: Invalid value: "500m": must be an integer']],
    [{ scopes: ['Odd'] }, ['spec.scopes: Invalid value: ["Odd"]: unsupported scope']],
    [
      { scopes: ['BestEffort', 'NotBestEffort'] },
      ['spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes'],
    ],
    [
      { hard: { cpu: '1' }, scopes: ['BestEffort'] },
      ['spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource'],
    ],
    [
      { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In' }] } },
      [
        "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
      ],
    ],
  ];
  for (const [spec, expected] of cases) assert.deepEqual(texts(quotaErrors(quota(spec))), expected);
  assert.deepEqual(texts(quotaUpdateErrors(quota({ scopes: ['BestEffort'] }), quota({}), { subresource: '' })), [
    'spec.scopes: Invalid value: ["BestEffort"]: field is immutable',
  ]);
});
