import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, PodSpec } from '../../groups/core.v1.ts';
import { annotationUpdateErrors, podAnnotationErrors, seccompMatchErrors } from './annotations.ts';

const spec = { containers: [{ name: 'c' }] } as unknown as PodSpec;
const texts = (errors: readonly { readonly field: string; readonly message: string }[]): string[] =>
  errors.map(({ field, message }) => `${field}: ${message}`);
const pod = (annotations: object): Pod => ({ metadata: { name: 'p', annotations }, spec }) as unknown as Pod;

test('podAnnotationErrors() checks what annotations once said', () => {
  const seccomp = 'seccomp.security.alpha.kubernetes.io/pod';
  const tolerations = 'scheduler.alpha.kubernetes.io/tolerations';
  const cost = 'controller.kubernetes.io/pod-deletion-cost';
  const cases: readonly (readonly [Record<string, string>, readonly string[]])[] = [
    [
      { 'kubernetes.io/config.mirror': 'x' },
      ['a[kubernetes.io/config.mirror]: Invalid value: "x": must set spec.nodeName if mirror pod annotation is set'],
    ],
    [{ [cost]: '+1' }, [`a[${cost}]: Invalid value: "+1": must be a 32bit integer`]],
    [{ [cost]: '2147483648' }, [`a[${cost}]: Invalid value: "2147483648": must be a 32bit integer`]],
    [{ [cost]: '-5' }, []],
    [
      { [tolerations]: 'x' },
      [`a: Invalid value: "${tolerations}": invalid character 'x' looking for beginning of value`],
    ],
    [
      { [tolerations]: '[{"Key":1}]' },
      [
        `a: Invalid value: "${tolerations}": json: cannot unmarshal number into Go struct field Toleration.Key of type string`,
      ],
    ],
    [
      { [tolerations]: '[{"Key":"k","effect":"X"}]' },
      [
        `a.${tolerations}[0].effect: Unsupported value: "X": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"`,
      ],
    ],
    [{ [seccomp]: 'x' }, [`a.${seccomp}: Invalid value: "x": must be a valid seccomp profile`]],
    [{ [seccomp]: 'localhost/../x' }, [`a.${seccomp}: Invalid value: "../x": must not contain '..'`]],
  ];
  for (const [annotations, expected] of cases) {
    assert.deepEqual(texts(podAnnotationErrors(annotations, spec, 'a')), expected);
  }
});

test('seccompMatchErrors() wants annotation and field to say the same', () => {
  const annotations = { 'seccomp.security.alpha.kubernetes.io/pod': 'localhost/a' };
  const withProfile = (seccompProfile: object): PodSpec =>
    ({ ...spec, securityContext: { seccompProfile } }) as unknown as PodSpec;
  const at = 'spec.securityContext.seccompProfile';
  assert.deepEqual(texts(seccompMatchErrors(annotations, withProfile({ type: 'Unconfined' }), 'spec')), [
    `${at}.type: Forbidden: seccomp type in annotation and field must match`,
  ]);
  const other = withProfile({ type: 'Localhost', localhostProfile: 'b' });
  assert.deepEqual(texts(seccompMatchErrors(annotations, other, 'spec')), [
    `${at}.localhostProfile: Forbidden: seccomp profile in annotation and field must match`,
  ]);
});

test('annotationUpdateErrors() keeps who mirrors a pod', () => {
  const mirror = 'kubernetes.io/config.mirror';
  const [refused] = texts(annotationUpdateErrors(pod({}), pod({ [mirror]: 'x' })));
  assert.equal(refused, `metadata.annotations[${mirror}]: Forbidden: may not remove or update mirror pod annotation`);
  const [added] = texts(annotationUpdateErrors(pod({ [mirror]: 'x' }), pod({})));
  assert.equal(added, `metadata.annotations[${mirror}]: Forbidden: may not add mirror pod annotation`);
});
