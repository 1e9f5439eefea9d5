import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft } from '../../descriptor.ts';
import type { ServiceSpec } from '../../groups/core.v1.ts';
import { familyDefaults, familyErrors } from './service-families.ts';

function settled(spec: object): Draft<ServiceSpec> {
  const draft = structuredClone({ type: 'ClusterIP', ...spec }) as Draft<ServiceSpec>;
  familyDefaults(draft, undefined);
  return draft;
}

const errorsOf = (spec: object): readonly string[] =>
  familyErrors(settled(spec) as ServiceSpec).map(({ field, message }) => `${field}: ${message}`);

test('familyDefaults() gives both families to a headless Service without a selector', () => {
  const bare = settled({ clusterIP: 'None', clusterIPs: ['None'] });
  assert.deepEqual([bare.ipFamilyPolicy, bare.ipFamilies], ['RequireDualStack', ['IPv4', 'IPv6']]);
  const selecting = settled({ clusterIP: 'None', clusterIPs: ['None'], selector: { a: 'b' } });
  assert.deepEqual([selecting.ipFamilyPolicy, selecting.ipFamilies], ['SingleStack', ['IPv4']]);
  assert.deepEqual(errorsOf({ clusterIP: 'None', clusterIPs: ['None'] }), []);
});

test('familyDefaults() lets the second family go with a policy that says so', () => {
  const old = settled({ clusterIP: 'None', clusterIPs: ['None'] }) as ServiceSpec;
  const single = { ...structuredClone(old), ipFamilyPolicy: 'SingleStack' } as Draft<ServiceSpec>;
  familyDefaults(single, old);
  assert.deepEqual(single.ipFamilies, ['IPv4']);
  const less = { ...structuredClone(old), ipFamilies: ['IPv4'] } as Draft<ServiceSpec>;
  familyDefaults(less, old);
  assert.deepEqual(
    familyErrors(less as ServiceSpec, old).map(({ message }) => message),
    ['Invalid value: "RequireDualStack": must be \'SingleStack\' to release the secondary IP family'],
  );
});

test('familyErrors() refuses addresses and families that do not go together', () => {
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [
      { clusterIPs: ['10.96.0.9'] },
      ['spec.clusterIPs: Invalid value: ["10.96.0.9"]: must be empty when `clusterIP` is not specified'],
    ],
    [
      { clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'], ipFamilies: ['IPv6'] },
      ['spec.clusterIPs[0]: Invalid value: "10.96.0.9": expected an IPv6 value as indicated by `ipFamilies[0]`'],
    ],
    [
      { clusterIP: 'None', clusterIPs: ['None', '10.96.0.9'], selector: { a: 'b' } },
      [`spec.clusterIPs: Invalid value: ["None","10.96.0.9"]: 'None' must be the first and only value`],
    ],
    [
      { clusterIP: 'fd00::1', clusterIPs: ['fd00::1'] },
      ['spec.clusterIPs[0]: Invalid value: ["fd00::1"]: IPv6 is not configured on this cluster'],
    ],
    [{ ipFamilies: ['IPv4', 'IPv4'] }, ['spec.ipFamilies[1]: Duplicate value: "IPv4"']],
    [
      { clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9', '10.96.0.8'] },
      ['spec.clusterIPs: Invalid value: ["10.96.0.9","10.96.0.8"]: may specify no more than one IP for each IP family'],
    ],
  ];
  for (const [spec, expected] of cases) assert.deepEqual(errorsOf(spec), expected);
});
