import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldError } from '../../field-error.ts';
import type { DeviceClass, ResourceClaim, ResourceClaimTemplate } from '../../groups/resource.v1.ts';
import {
  claimTemplateErrors,
  deviceClassErrors,
  resourceClaimErrors,
  resourceClaimUpdateErrors,
} from './claim-errors.ts';

const texts = (errors: readonly FieldError[]): readonly string[] =>
  errors.map(({ field, message }) => `${field}: ${message}`);

const exactly = { deviceClassName: 'c', allocationMode: 'ExactCount', count: 1 };
const option = { name: 'o', ...exactly };
const requests = [
  { name: 'r', exactly },
  { name: 'a', firstAvailable: [option] },
];
const claim = (devices: object, status: object = {}): ResourceClaim =>
  ({ metadata: { name: 'c' }, spec: { devices: { requests, ...devices } }, status }) as unknown as ResourceClaim;

const reference =
  "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

test('resourceClaimErrors() says what is wrong with requests, constraints and configurations', () => {
  const opaque = { driver: 'd.io', parameters: {} };
  const toleration = (change: object): object => ({
    requests: [{ name: 'r', exactly: { ...exactly, tolerations: [change] } }],
  });
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [
      { constraints: [{ requests: ['r', 'a/o'], matchAttribute: 'd.io/x' }], config: [{ requests: ['a'], opaque }] },
      [],
    ],
    [{ requests: [requests[0], requests[0]] }, ['requests[1]: Duplicate value: "r"']],
    [
      { requests: [{ name: 'r', exactly, firstAvailable: [option, option] }] },
      [
        'requests[0]: Invalid value: null: exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set',
      ],
    ],
    [
      { requests: [{ name: 'r', firstAvailable: [option, option] }] },
      ['requests[0].firstAvailable[1]: Duplicate value: "o"'],
    ],
    [{ requests: Array.from({ length: 33 }, () => ({})) }, ['requests: Too many: 33: must have at most 32 items']],
    [
      { constraints: [{ requests: ['r/o'], matchAttribute: 'x' }] },
      [
        `constraints[0].requests[0]: Invalid value: "r/o": ${reference}`,
        'constraints[0].matchAttribute: Invalid value: "x": a fully qualified name must be a domain and a name separated by a slash',
      ],
    ],
    [
      { constraints: [{ requests: ['a/o/p'], matchAttribute: '/x' }] },
      [
        `constraints[0].requests[0]: Invalid value: "a/o/p": ${reference}`,
        'constraints[0].matchAttribute: Invalid value: "": the domain must not be empty',
      ],
    ],
    [{ config: [{}] }, ['config[0].opaque: Required value']],
    [
      { config: [{ opaque: { driver: 'd.io', parameters: [] } }] },
      ['config[0].opaque.parameters: Invalid value: "<value omitted>": must be a valid JSON object'],
    ],
    [
      toleration({ operator: 'Exists', value: 'v', effect: 'Leave' }),
      [
        'requests[0].exactly.tolerations[0].value: Invalid value: "v": must be empty for operator `Exists`',
        'requests[0].exactly.tolerations[0].effect: Unsupported value: "Leave": supported values: "NoExecute", "NoSchedule", "None"',
      ],
    ],
    [
      toleration({ operator: 'Like' }),
      ['requests[0].exactly.tolerations[0].operator: Unsupported value: "Like": supported values: "Equal", "Exists"'],
    ],
  ];
  for (const [devices, expected] of cases) {
    assert.deepEqual(
      texts(resourceClaimErrors(claim(devices))),
      expected.map((text) => `spec.devices.${text}`),
    );
  }
});

test('deviceClassErrors() checks configurations and the extended resource', () => {
  const errors = (spec: object): readonly string[] => texts(deviceClassErrors({ spec } as unknown as DeviceClass));
  assert.deepEqual(errors({ extendedResourceName: 'example.com/gpu' }), []);
  assert.deepEqual(errors({ config: [{}], extendedResourceName: 'cpu' }), [
    'spec.config[0].opaque: Required value',
    'spec.extendedResourceName: Invalid value: "cpu": must be a valid extended resource name',
  ]);
});

test('resourceClaimUpdateErrors() judges what the status says', () => {
  const device = { driver: 'd.io', pool: 'p', device: 'x' };
  const allocation = { devices: { results: [{ request: 'r', ...device }] } };
  const user = { resource: 'pods', name: 'n', uid: 'u' };
  const errors = (status: object, before: object = {}, metadata: object = {}): readonly string[] =>
    texts(
      resourceClaimUpdateErrors(
        { ...claim({}, status), metadata: { name: 'c', ...metadata } } as unknown as ResourceClaim,
        claim({}, before),
        { subresource: 'status' },
      ),
    );
  assert.deepEqual(errors({ allocation, reservedFor: [user], devices: [device] }), []);
  assert.deepEqual(errors({ reservedFor: [user, { resource: '', name: '', uid: 'u' }] }), [
    'status.reservedFor[1].resource: Required value',
    'status.reservedFor[1].name: Required value',
    'status.reservedFor[1]: Duplicate value: "u"',
    'status.reservedFor: Forbidden: may not be specified when `allocated` is not set',
  ]);
  assert.deepEqual(errors({ devices: [device] }), [
    'status.devices[0]: Invalid value: "d.io/p/x": must be an allocated device in the claim',
  ]);
  assert.deepEqual(
    errors({ allocation, devices: [{ ...device, networkData: { ips: ['10.0.0.1', '10.0.0.1/08'] } }] }),
    [
      'status.devices[0].networkData.ips[0]: Invalid value: "10.0.0.1": must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)',
      'status.devices[0].networkData.ips[1]: Invalid value: "10.0.0.1/08": must be in canonical form ("10.0.0.1/8")',
    ],
  );
  const shared = { request: 'r', ...device, shareID: 'u', bindingFailureConditions: ['a'] };
  assert.deepEqual(errors({ allocation: { devices: { results: [shared] } } }), [
    'status.allocation.devices.results[0].bindingConditions: Invalid value: null: bindingConditions are required to use bindingFailureConditions',
    'status.allocation.devices.results[0].shareID: Invalid value: "u": error validating uid: invalid UUID length: 1',
  ]);
  assert.deepEqual(errors({ allocation: { devices: { results: [{ ...device, request: 'no' }] } } }), [
    `status.allocation.devices.results[0].request: Invalid value: "no": ${reference}`,
  ]);
  const later = { deletionTimestamp: '2024-01-01T00:00:00Z' };
  assert.deepEqual(errors({ allocation, reservedFor: [user] }, { allocation }, later), [
    'status.reservedFor: Forbidden: new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set',
  ]);
  const [changed = ''] = errors({ allocation: { devices: {} } }, { allocation });
  assert.match(changed, /^status\.allocation: Invalid value: .*: field is immutable$/);
});

test('resourceClaimErrors() judges expressions where there is an engine', () => {
  const selecting = (expression: string): ResourceClaim =>
    claim({ requests: [{ name: 'r', exactly: { ...exactly, selectors: [{ cel: { expression } }] } }] });
  const deviceSelector = (expression: string): object =>
    expression === 'slow' ? { costsTooMuch: true } : expression === 'bad' ? { problem: 'no' } : {};
  const checks = { expressionChecks: () => ({ deviceSelector }) as never };
  const at = 'spec.devices.requests[0].exactly.selectors[0].cel.expression';
  assert.deepEqual(texts(resourceClaimErrors(selecting('good'), checks)), []);
  assert.deepEqual(texts(resourceClaimErrors(selecting('bad'), checks)), [`${at}: Invalid value: "bad": no`]);
  assert.deepEqual(texts(resourceClaimErrors(selecting('slow'), checks)), [
    `${at}: Forbidden: too complex, exceeds cost limit`,
  ]);
});

test('claimTemplateErrors() lets templates give labels and annotations only', () => {
  const metadata = { name: 'x', labels: { 'a b': 'c' } };
  const template = { spec: { metadata, spec: { devices: { requests } } } } as unknown as ResourceClaimTemplate;
  const [label, name] = texts(claimTemplateErrors(template));
  assert.match(label ?? '', /^spec\.metadata\.labels: Invalid value: "a b"/);
  assert.equal(name, 'spec.metadata.name: Forbidden: cannot be set');
});

test('resourceClaimErrors() wants a marked namespace for the access of administrators', () => {
  const asking = claim({ requests: [requests[0], { name: 'b', exactly: { ...exactly, adminAccess: true } }] });
  const errors = (labels: Record<string, string>): readonly string[] =>
    texts(resourceClaimErrors(asking, { namespaceLabels: () => labels }));
  assert.deepEqual(errors({ 'resource.kubernetes.io/admin-access': 'true' }), []);
  assert.deepEqual(errors({}), [
    'spec.devices.requests[1].adminAccess: Forbidden: admin access to devices requires the `resource.kubernetes.io/admin-access: true` label on the containing namespace',
  ]);
});

test('resourceClaimUpdateErrors() tells only that the spec stays', () => {
  const [error = '', ...more] = texts(
    resourceClaimUpdateErrors(claim({ requests: [{ name: 'R' }] }), claim({}), { subresource: '' }),
  );
  assert.match(error, /^spec: Invalid value: .*: field is immutable$/);
  assert.deepEqual(more, []);
});
