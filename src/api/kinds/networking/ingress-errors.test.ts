import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ingress, IngressClass } from '../../groups/networking.v1.ts';
import {
  ingressClassErrors,
  ingressClassUpdateErrors,
  ingressCreateErrors,
  ingressStatusErrors,
  ingressUpdateErrors,
} from './ingress-errors.ts';

const backend = { service: { name: 's', port: { number: 80 } } };
const ingress = (spec: object, annotations = {}, status: object = {}): Ingress =>
  ({ metadata: { name: 'i', namespace: 'n', annotations }, spec, status }) as unknown as Ingress;
const withPath = (path: object, host?: string): Ingress => ingress({ rules: [{ host, http: { paths: [path] } }] });
const texts = (errors: readonly { readonly field: string; readonly message: string }[]): string[] =>
  errors.map(({ field, message }) => `${field}: ${message}`);
const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

test('ingressCreateErrors() tells of backends, paths, hosts, secrets and classes in the order of the spec', () => {
  const path = 'spec.rules[0].http.paths[0]';
  const cases: readonly (readonly [Ingress, readonly string[]])[] = [
    [ingress({}), ['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified']],
    [
      ingress({ defaultBackend: {} }),
      ['spec.defaultBackend: Invalid value: "": resource or service backend is required'],
    ],
    [
      ingress({ defaultBackend: { ...backend, resource: { kind: 'K', name: 'n' } } }),
      ['spec.defaultBackend: Invalid value: "": cannot set both resource and service backends'],
    ],
    [
      ingress({ defaultBackend: { resource: { apiGroup: 'A_b', kind: '', name: 'a/b' } } }),
      [
        `spec.defaultBackend.resource.apiGroup: Invalid value: "A_b": ${subdomain}`,
        'spec.defaultBackend.resource.kind: Required value',
        'spec.defaultBackend.resource.name: Invalid value: "a/b": may not contain \'/\'',
      ],
    ],
    [
      withPath({ path: 'a//b', pathType: 'Prefix', backend }),
      [
        `${path}.path: Invalid value: "a//b": must be an absolute path`,
        `${path}.path: Invalid value: "a//b": must not contain '//'`,
      ],
    ],
    [withPath({ path: 'a', backend }), [`${path}.pathType: Required value: pathType must be specified`]],
    [
      withPath({ path: '/', pathType: 'Regex', backend: {} }),
      [
        `${path}.pathType: Unsupported value: "Regex": supported values: "Exact", "ImplementationSpecific", "Prefix"`,
        `${path}.backend: Invalid value: "": resource or service backend is required`,
      ],
    ],
    [
      withPath({ path: '/', pathType: 'Exact', backend }, '010.0.0.1'),
      ['spec.rules[0].host: Invalid value: "010.0.0.1": must be a DNS name, not an IP address'],
    ],
    [
      ingress({ defaultBackend: backend, tls: [{ hosts: ['a.b'], secretName: 'A_b' }] }),
      [`spec.tls[0].secretName: Invalid value: "A_b": ${subdomain}`],
    ],
    [
      ingress({ defaultBackend: backend, ingressClassName: 'a' }, { 'kubernetes.io/ingress.class': 'b' }),
      [
        'annotations.kubernetes.io/ingress.class: Invalid value: "b": must match `ingressClassName` when both are specified',
      ],
    ],
  ];
  for (const [object, expected] of cases) assert.deepEqual(texts(ingressCreateErrors(object)), expected);
});

test('ingressUpdateErrors() keeps names of secrets and rules of wildcards that were wrong before', () => {
  const old = ingress({ defaultBackend: backend, tls: [{ secretName: 'A_b' }] });
  assert.deepEqual(ingressUpdateErrors(old, old), []);
  const wild = withPath({ path: 'x', pathType: 'Exact', backend }, '*.a.b');
  assert.deepEqual(ingressUpdateErrors(wild, wild), []);
  assert.equal(ingressUpdateErrors(wild, old).length, 1);
});

test('ingressStatusErrors() leaves addresses alone that the status has', () => {
  const made = ingress({}, {}, { loadBalancer: { ingress: [{ ip: '010.0.0.1' }, { hostname: '10.0.0.1' }] } });
  assert.deepEqual(texts(ingressStatusErrors(made, ingress({}))), [
    'status.loadBalancer.ingress[0].ip: Invalid value: "010.0.0.1": must not have leading 0s',
    'status.loadBalancer.ingress[1].hostname: Invalid value: "10.0.0.1": must be a DNS name, not an IP address',
  ]);
  assert.equal(ingressStatusErrors(made, made).length, 1);
});

const ingressClass = (spec: object): IngressClass => ({ metadata: { name: 'c' }, spec }) as unknown as IngressClass;

test('ingressClassErrors() tells of the controller and of what parameters lack', () => {
  const long = `a.b/${'c'.repeat(250)}`;
  const at = 'spec.parameters';
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [{}, ['spec.controller: Required value']],
    [{ controller: long }, ['spec.controller: Too long: may not be more than 250 bytes']],
    [
      { controller: 'a.b/c', parameters: { kind: '', name: 'x/y', scope: 'Cluster', namespace: 'n' } },
      [
        `${at}.kind: Required value`,
        `${at}.name: Invalid value: "x/y": may not contain '/'`,
        `${at}.namespace: Forbidden: \`parameters.scope\` is set to 'Cluster'`,
      ],
    ],
    [
      { controller: 'a.b/c', parameters: { kind: 'K', name: 'x', scope: 'Namespace' } },
      [`${at}.namespace: Required value: \`parameters.scope\` is set to 'Namespace'`],
    ],
    [
      { controller: 'a.b/c', parameters: { kind: 'K', name: 'x', scope: 'World' } },
      [`${at}.scope: Unsupported value: "World": supported values: "Cluster", "Namespace"`],
    ],
  ];
  for (const [spec, expected] of cases) assert.deepEqual(texts(ingressClassErrors(ingressClass(spec))), expected);
  assert.deepEqual(
    texts(ingressClassUpdateErrors(ingressClass({ controller: 'a.b/d' }), ingressClass({ controller: 'a.b/c' }))),
    ['spec.controller: Invalid value: "a.b/d": field is immutable'],
  );
});
