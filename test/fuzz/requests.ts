/** One hostile request after the other, by area. */
import type { AnyResource } from '../../src/api/resource.ts';
import { resourcePath } from '../../src/api/resource.ts';
import { builtinResources as resources } from '../../src/api/resources.ts';
import type { Json } from '../../src/api/schema.ts';
import { damageBytes, damageValue } from './damage.ts';
import type { Dice } from './dice.ts';
import { deepText, oddNumber, oddText, oddValue } from './odd-values.ts';
import { randomObject } from './random-object.ts';
import { randomProtobuf } from './wire.ts';

export interface Attempt {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** Namespaces that the test made, and one it did not. */
const namespaces = ['default', 'fuzz', 'missing'];
/** An object of this name is there in `fuzz`, for what changes or reads one. */
export const target = '/api/v1/namespaces/fuzz/configmaps/target';

const json = { 'content-type': 'application/json' };

function pathOf(dice: Dice, of: AnyResource): string {
  return resourcePath(of, dice.pick(namespaces));
}

const creatable = resources.filter(({ verbs }) => verbs.includes('create'));

function create(dice: Dice): Attempt {
  const of = dice.pick(creatable);
  const object = randomObject(dice, of);
  const query = dice.pick(['', '?dryRun=All', '?fieldValidation=Strict', '?fieldValidation=Warn', '?dryRun=x']);
  const value = dice.chance(0.5) ? object : damageValue(dice, object);
  return { method: 'POST', path: pathOf(dice, of) + query, headers: json, body: JSON.stringify(value) };
}

function brokenJson(dice: Dice): Attempt {
  const of = dice.pick(creatable);
  const text = Buffer.from(JSON.stringify(randomObject(dice, of)));
  const body = dice.pick([
    () => damageBytes(dice, text),
    () => deepText(dice),
    () => `${text.toString().slice(0, -1)},"spec":${deepText(dice)}}`,
    () => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), text]),
    () => `{"kind":"${oddText(dice)}","apiVersion":"${oddText(dice)}"}`,
    () => '{"a":1,"a":2,"a":3}',
    () => JSON.stringify(oddValue(dice)),
  ])();
  const headers = {
    'content-type': dice.pick(['application/json', 'application/yaml', 'text/plain', '', oddText(dice)]),
  };
  return { method: dice.pick(['POST', 'PUT']), path: pathOf(dice, of), headers: printable(headers), body };
}

function yaml(dice: Dice): Attempt {
  const bomb = Array.from(
    { length: 9 },
    (_, level) => `a${level}: &a${level} [${`*a${level - 1},`.repeat(level && 9)}x]`,
  );
  const body = dice.pick([
    () => bomb.join('\n'),
    () => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${oddText(dice)}\ndata: !!js/function "x"\n`,
    () => `? ${deepText(dice)}\n: 1\n`,
    () => damageBytes(dice, Buffer.from('apiVersion: v1\nkind: Secret\nmetadata: {name: a, labels: {<<: *x}}\n')),
    () => 'a: &a\n  b: *a\n',
    () => '- '.repeat(dice.pick([10, 2000])),
  ])();
  return {
    method: 'POST',
    path: pathOf(dice, dice.pick(creatable)),
    headers: { 'content-type': 'application/yaml' },
    body,
  };
}

function wire(dice: Dice): Attempt {
  const of = dice.pick(creatable);
  const body = dice.chance(0.1) ? dice.bytes(dice.below(200)) : randomProtobuf(dice, of);
  const headers = { 'content-type': 'application/vnd.kubernetes.protobuf', accept: dice.pick(['*/*', ...accepts]) };
  return { method: 'POST', path: pathOf(dice, of), headers, body };
}

const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];

function patch(dice: Dice): Attempt {
  const pointers = [
    '',
    '/',
    '/data',
    '/data/a',
    '/metadata/name',
    '/metadata/labels/x~1y',
    '/data/-',
    '/~2',
    '/data/__proto__',
  ];
  const operation = (): Json => ({
    op: dice.pick(['add', 'remove', 'replace', 'move', 'copy', 'test', 'x']),
    path: dice.pick(pointers),
    from: dice.pick(pointers),
    value: oddValue(dice),
  });
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'target' }, data: { a: '1' } };
  const body = dice.pick<Json>([
    Array.from({ length: dice.below(5) }, operation),
    damageValue(dice, object),
    { data: { $patch: dice.pick(['replace', 'delete', 'merge', 'x']) }, $retainKeys: [oddText(dice)] },
    { metadata: { managedFields: oddValue(dice), finalizers: oddValue(dice), ownerReferences: oddValue(dice) } },
    Array.from({ length: dice.pick([3, 12_000]) }, () => ({ op: 'copy', from: '', path: '/data/x' })),
    oddValue(dice),
  ]);
  const query = dice.pick([
    '',
    '?fieldManager=fuzz',
    '?fieldManager=fuzz&force=true',
    `?fieldManager=${'m'.repeat(200)}`,
  ]);
  const text = dice.chance(0.9) ? JSON.stringify(body) : deepText(dice);
  return { method: 'PATCH', path: target + query, headers: { 'content-type': dice.pick(patchTypes) }, body: text };
}

function query(dice: Dice): Attempt {
  const parameters = [
    'labelSelector',
    'fieldSelector',
    'limit',
    'continue',
    'resourceVersion',
    'resourceVersionMatch',
    'timeoutSeconds',
    'sendInitialEvents',
    'allowWatchBookmarks',
    'pretty',
    'dryRun',
    'propagationPolicy',
    'gracePeriodSeconds',
    'includeObject',
  ];
  const selectors = [
    'a in (b,c',
    'a notin ()',
    '!a',
    'a!=b,c==d',
    'a>1',
    'metadata.name=x',
    'spec.nodeName!=',
    'a=b'.repeat(2000),
  ];
  const value = (): string =>
    dice.pick([
      oddText(dice),
      String(oddNumber(dice)),
      dice.pick(selectors),
      dice.bytes(dice.below(40)).toString('base64url'),
    ]);
  const text = Array.from({ length: 1 + dice.below(4) }, () => `${dice.pick(parameters)}=${encode(value())}`).join('&');
  const of = dice.pick(resources);
  const name = dice.chance(0.2) ? `/${encode(oddText(dice))}` : '';
  const method = dice.pick(['GET', 'GET', 'GET', 'HEAD', 'DELETE']);
  const safe = method === 'DELETE' ? '/api/v1/namespaces/missing/configmaps' : pathOf(dice, of) + name;
  return { method, path: `${safe}?${text}` };
}

function watch(dice: Dice): Attempt {
  const of = dice.pick(resources.filter(({ verbs }) => verbs.includes('watch')));
  const version = dice.pick(['', '0', '1', '99999999999', '-1', 'x']);
  const text = `watch=true&timeoutSeconds=1&resourceVersion=${version}&sendInitialEvents=${dice.pick(['true', 'false', 'x'])}&resourceVersionMatch=${dice.pick(['NotOlderThan', 'Exact', ''])}`;
  return { method: 'GET', path: `${pathOf(dice, of)}?${text}`, headers: { accept: dice.pick(accepts) } };
}

const accepts = [
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
  'application/json;as=Table;v=v9;g=x',
  'text/html;q=0.9,*/*;q=0.1',
  ';;;,,,q=',
  'application/json;stream=watch',
];

function path(dice: Dice): Attempt {
  const parts = [
    'api',
    'apis',
    'v1',
    'apps',
    'namespaces',
    'default',
    'pods',
    'nodes',
    'proxy',
    'status',
    'openapi',
    'v3',
    '..',
    '.',
    '',
    '%2e',
    '%2F',
    '%',
    '%zz',
  ];
  const text = `/${Array.from({ length: dice.below(9) }, () => (dice.chance(0.9) ? dice.pick(parts) : encode(oddText(dice)))).join('/')}`;
  return {
    method: dice.pick(['GET', 'POST', 'PUT', 'OPTIONS', 'TRACE', 'DELETE']),
    path: text,
    headers: { accept: dice.pick(accepts) },
  };
}

function schema(dice: Dice): Attempt {
  const plural = dice.name();
  const rule = dice.pick([
    'self.a > 1',
    'self.all(x, x.all(y, y))',
    'has(self.',
    '"a" * 5',
    `${'('.repeat(2000)}1`,
    'self == oldSelf',
    '__proto__',
    'self.a.matches("(a+)+$")',
  ]);
  const properties = damageValue(dice, {
    type: 'object',
    'x-kubernetes-validations': [{ rule, message: 'm', fieldPath: '.a' }],
    properties: {
      a: { type: 'integer', minimum: 1, maximum: 2, default: 1 },
      b: {
        type: 'array',
        items: { type: 'string', pattern: dice.pick(['(a+)+$', '[', '\\', '^a$']) },
        'x-kubernetes-list-type': 'set',
      },
      c: { type: 'object', additionalProperties: { $ref: '#' }, 'x-kubernetes-preserve-unknown-fields': true },
    },
  });
  const version = {
    name: 'v1',
    served: true,
    storage: true,
    schema: { openAPIV3Schema: properties },
    subresources: { status: {} },
  };
  const body = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.fuzz.example.com` },
    spec: {
      group: 'fuzz.example.com',
      scope: 'Namespaced',
      names: { plural, kind: `K${plural}` },
      versions: [version],
    },
  };
  const value = dice.chance(0.5) ? body : damageValue(dice, body);
  return {
    method: 'POST',
    path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions?dryRun=All',
    headers: json,
    body: JSON.stringify(value),
  };
}

function expression(dice: Dice): Attempt {
  const parts = [
    'object',
    '.',
    'spec',
    '(',
    ')',
    '[',
    ']',
    '"',
    "'",
    '+',
    '==',
    '?',
    ':',
    '1',
    '1u',
    '1.5',
    'all',
    'x',
    ',',
    '&&',
    '!',
    'r"',
    'b"',
    '\\',
    '9999999999999999999',
    'in',
    'has',
    '{',
    '}',
    '-',
    '%',
    '/',
    'matches',
    '"a"',
  ];
  const text = Array.from({ length: dice.below(60) }, () => dice.pick(parts)).join(dice.pick(['', ' ']));
  const deep = dice.pick([
    () => text,
    () => '!'.repeat(3000),
    () => `${'['.repeat(1000)}1${']'.repeat(1000)}`,
    () => '1+'.repeat(20_000) + '1',
  ])();
  const body = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: dice.name() },
    spec: {
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      },
      matchConditions: [{ name: 'm', expression: deep }],
      variables: [{ name: 'v', expression: text }],
      validations: [{ expression: deep, messageExpression: text }],
    },
  };
  const path = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies?dryRun=All';
  return { method: 'POST', path, headers: json, body: JSON.stringify(body) };
}

function large(dice: Dice): Attempt {
  const size = dice.pick([100_000, 1_500_000, 3_200_000, 5_000_000]);
  const data = dice.pick<() => Json>([
    () => ({ a: 'x'.repeat(size) }),
    () => Object.fromEntries(Array.from({ length: Math.min(20_000, size / 50) }, (_, index) => [`k${index}`, 'v'])),
    () => ({ a: '\u0001'.repeat(size / 6) }),
  ])();
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: dice.name() }, data };
  return {
    method: 'POST',
    path: '/api/v1/namespaces/fuzz/configmaps?dryRun=All',
    headers: json,
    body: JSON.stringify(body),
  };
}

function identity(dice: Dice): Attempt {
  const headers = dice.pick<Record<string, string>>([
    { authorization: `Bearer ${oddText(dice)}` },
    {
      authorization: `Bearer ${dice.bytes(20).toString('base64url')}.${dice.bytes(40).toString('base64url')}.${dice.bytes(9).toString('base64url')}`,
    },
    { authorization: 'Basic eDp5' },
    { 'impersonate-user': oddText(dice) },
    { 'impersonate-group': oddText(dice) },
    { 'impersonate-user': 'x', 'impersonate-extra-%zz': oddText(dice) },
    { 'x-remote-user': 'admin', 'x-remote-group': 'system:masters' },
  ]);
  return { method: 'GET', path: target, headers: printable(headers) };
}

/** Headers that a client can send at all. */
function printable(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Buffer.from(value)
        .toString('latin1')
        .replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, ''),
    ]),
  );
}

function encode(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}

export const areas: Readonly<Record<string, (dice: Dice) => Attempt>> = {
  create,
  brokenJson,
  yaml,
  wire,
  patch,
  query,
  watch,
  path,
  schema,
  expression,
  large,
  identity,
};
