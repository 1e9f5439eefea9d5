import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../groups/core.v1.ts';
import { podStatusErrors } from './status-update.ts';

const pod = (status: object, spec: object = {}): Pod =>
  ({
    metadata: { name: 'p', namespace: 'n' },
    spec: { containers: [{ name: 'c' }], restartPolicy: 'Never', ...spec },
    status,
  }) as unknown as Pod;
const errorsOf = (status: object, old: object = {}, spec: object = {}): string[] =>
  podStatusErrors(pod(status, spec), pod(old, spec)).map(({ field, message }) => `${field}: ${message}`);

test('podStatusErrors() keeps the class of service and ended containers ended', () => {
  const ended = { containerStatuses: [{ name: 'c', state: { terminated: { exitCode: 1 } } }] };
  const again = { containerStatuses: [{ name: 'c', state: { running: {} } }] };
  const refused = 'status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state';
  assert.deepEqual(errorsOf({ qosClass: 'Guaranteed' }, { qosClass: 'Burstable' }), [
    'status.qosClass: Invalid value: "Guaranteed": field is immutable',
  ]);
  assert.deepEqual(errorsOf(again, ended), [refused]);
  assert.deepEqual(errorsOf(again, ended, { restartPolicy: 'OnFailure' }), []);
  assert.deepEqual(errorsOf(again, ended, { restartPolicy: 'Always' }), []);
  assert.deepEqual(errorsOf(again, ended, { containers: [{ name: 'c', restartPolicy: 'Always' }] }), []);
  assert.deepEqual(errorsOf(again, ended, { containers: [], restartPolicy: 'Always' }), [refused]);
  const rule = (action: string, ...values: readonly number[]): object => ({
    containers: [
      {
        name: 'c',
        restartPolicy: 'Never',
        restartPolicyRules: [{ action, exitCodes: { operator: 'In', values } }],
      },
    ],
  });
  assert.deepEqual(errorsOf(again, ended, rule('Restart', 1)), []);
  assert.deepEqual(errorsOf(again, ended, rule('Restart', 2)), [refused]);
  assert.deepEqual(errorsOf(again, ended, rule('RestartAllContainers', 2)), []);
});

test('podStatusErrors() wants one address of each family', () => {
  const ips = (...list: readonly string[]): object => ({ podIPs: list.map((ip) => ({ ip })) });
  const families = 'may specify no more than one IP for each IP family';
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [ips('10.0.0.1', 'fd00::1'), []],
    [ips('10.0.0.1', '10.0.0.1'), [`status.podIPs: Invalid value: [{"IP":"10.0.0.1"},{"IP":"10.0.0.1"}]: ${families}`]],
    [
      ips('10.0.0.1', 'x'),
      [
        'status.podIPs[1]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        'status.podIPs: Internal error: failed to check for dual stack with error:invalid IP[1]: x',
        `status.podIPs: Invalid value: [{"IP":"10.0.0.1"},{"IP":"x"}]: ${families}`,
      ],
    ],
    [ips('x'), ['status.podIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
    [
      { hostIPs: [{ ip: '10.0.0.1' }], hostIP: '10.0.0.2' },
      ['status.hostIPs[0].ip: Invalid value: "10.0.0.1": must be equal to `hostIP`'],
    ],
  ];
  for (const [status, expected] of cases) assert.deepEqual(errorsOf(status), expected);
});

test('podStatusErrors() wants claims and devices that the pod asks for', () => {
  const resourceClaimStatuses = [{ name: 'a', resourceClaimName: 'x' }, { name: 'a' }, { name: 'b' }];
  assert.deepEqual(errorsOf({ resourceClaimStatuses }, {}, { resourceClaims: [{ name: 'a' }] }), [
    'status.resourceClaimStatuses[1].name: Duplicate value: "a"',
    'status.resourceClaimStatuses[2].name: Invalid value: "b": must match the name of an entry in `spec.resourceClaims`',
  ]);
  const device = {
    name: 'a.b/gpu',
    resources: [
      { resourceID: '1', health: 'Ill', message: '' },
      { resourceID: '1', health: 'Healthy' },
    ],
  };
  const statuses = { containerStatuses: [{ name: 'c', allocatedResourcesStatus: [device] }] };
  const at = 'status.containerStatuses[0].allocatedResourcesStatus[0]';
  assert.deepEqual(errorsOf(statuses, {}, { containers: [{ name: 'c', resources: {} }] }), [
    `${at}.name: Invalid value: "a.b/gpu": must match one of the container's resource requests`,
    `${at}.resources[0].health: Unsupported value: "Ill": supported values: "Healthy", "Unhealthy", "Unknown"`,
    `${at}.resources[0].message: Required value: must be non-empty if specified`,
    `${at}.resources[1].resourceID: Duplicate value: "1"`,
  ]);
  assert.deepEqual(errorsOf({ ephemeralContainerStatuses: [{ name: 'e', allocatedResourcesStatus: [device] }] }), [
    'status.ephemeralContainerStatuses[0].allocatedResourcesStatus: Forbidden: must not be specified in container status',
  ]);
});

test('podStatusErrors() checks conditions, generations, users and the nominated node', () => {
  const negative = 'Invalid value: -1: must be a non-negative integer';
  const user = { linux: { uid: -1, gid: 0 } };
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [{ observedGeneration: -1 }, [`status.observedGeneration: ${negative}`]],
    [
      { conditions: [{ type: 'Ready', observedGeneration: -1 }] },
      [`status.conditions[0].observedGeneration: ${negative}`],
    ],
    [
      { conditions: [{ type: '' }] },
      [
        'status.conditions[0].Type: Invalid value: "": name part must be non-empty',
        `status.conditions[0].Type: Invalid value: "": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      ],
    ],
    [
      { containerStatuses: [{ name: 'c', user }] },
      ['status.containerStatuses[0].user.linux.uid: Invalid value: -1: must be between 0 and 2147483647, inclusive'],
    ],
    [
      { nominatedNodeName: 'n' },
      ['status.nominatedNodeName: Forbidden: may not be set on pods that are already bound to a node'],
    ],
  ];
  for (const [status, expected] of cases) assert.deepEqual(errorsOf(status, {}, { nodeName: 'm' }), expected);
});

test('extendedClaimErrors() wants containers that ask for the resource', () => {
  const extendedResourceClaimStatus = {
    requestMappings: [{ containerName: 'z', resourceName: 'a/b', requestName: 'r' }],
    resourceClaimName: '',
  };
  const at = 'status.extendedResourceClaimStatus';
  assert.deepEqual(errorsOf({ extendedResourceClaimStatus }), [
    `${at}.requestMappings[0].containerName: Invalid value: "z": must match the name of an entry in spec.initContainers.name or spec.containers.name`,
    `${at}.resourceClaimName: Required value`,
  ]);
});
