import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import type { Draft, WriteContext } from '../../descriptor.ts';
import type { ConfigMap, Secret } from '../../groups/core.v1.ts';
import { configMapDescriptor } from './config-map.ts';
import { secretDescriptor } from './secret.ts';

const context: WriteContext = { nowMs: 0, user: 'u', groups: [], subresource: '' };
const texts = (errors: readonly { readonly field: string; readonly message: string }[] = []): string[] =>
  errors.map(({ field, message }) => `${field}: ${message}`);
const encoded = (data: Readonly<Record<string, string>>): object =>
  Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]));
const secret = (type: string, data: Readonly<Record<string, string>>, more: object = {}): Secret =>
  ({ metadata: { name: 's', namespace: 'n' }, type, data: encoded(data), ...more }) as unknown as Secret;

test('secretDescriptor wants the keys of each type', () => {
  const hidden = 'Invalid value: "<secret contents redacted>"';
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[]])[] = [
    ['Opaque', {}, []],
    ['example.com/own', {}, []],
    [
      'kubernetes.io/service-account-token',
      {},
      ['metadata.annotations[kubernetes.io/service-account.name]: Required value'],
    ],
    ['kubernetes.io/dockercfg', {}, ['data[.dockercfg]: Required value']],
    [
      'kubernetes.io/dockerconfigjson',
      { '.dockerconfigjson': '' },
      [`data[.dockerconfigjson]: ${hidden}: unexpected end of JSON input`],
    ],
    [
      'kubernetes.io/dockercfg',
      { '.dockercfg': '{a:1}' },
      [`data[.dockercfg]: ${hidden}: invalid character 'a' looking for beginning of object key string`],
    ],
    [
      'kubernetes.io/dockercfg',
      { '.dockercfg': '[]' },
      [`data[.dockercfg]: ${hidden}: json: cannot unmarshal array into Go value of type map[string]interface {}`],
    ],
    ['kubernetes.io/dockercfg', { '.dockercfg': 'null' }, []],
    ['kubernetes.io/basic-auth', {}, ['data[username]: Required value', 'data[password]: Required value']],
    ['kubernetes.io/basic-auth', { password: '' }, []],
    ['kubernetes.io/ssh-auth', { 'ssh-privatekey': '' }, ['data[ssh-privatekey]: Required value']],
    ['kubernetes.io/tls', { 'tls.crt': '' }, ['data[tls.key]: Required value']],
  ];
  for (const [type, data, expected] of cases) {
    assert.deepEqual(texts(secretDescriptor.validateCreate?.(secret(type, data), context)), expected);
  }
});

test('secretDescriptor encodes texts, and keeps type and what is immutable', () => {
  const draft = secret('', { a: 'x' }, { stringData: { a: 'y' } }) as Draft<Secret>;
  secretDescriptor.defaults?.(draft);
  assert.deepEqual([draft.type, draft.data, draft.stringData], ['Opaque', encoded({ a: 'y' }), undefined]);
  const old = secret('Opaque', { a: 'x' }, { immutable: true });
  assert.deepEqual(texts(secretDescriptor.validateUpdate?.(secret('example.com/own', {}), old, context)), [
    'type: Invalid value: "example.com/own": field is immutable',
    'immutable: Forbidden: field is immutable when `immutable` is set',
    'data: Forbidden: field is immutable when `immutable` is set',
  ]);
});

test('configMapDescriptor wants keys once, a megabyte at most, and keeps what is immutable', () => {
  const map = (parts: object): ConfigMap =>
    ({ metadata: { name: 'm', namespace: 'n' }, ...parts }) as unknown as ConfigMap;
  const errorsOf = (parts: object): string[] => texts(configMapDescriptor.validateCreate?.(map(parts), context));
  assert.deepEqual(errorsOf({ data: { a: '' }, binaryData: { a: '' } }), [
    'data[a]: Invalid value: "a": duplicate of key present in binaryData',
  ]);
  assert.deepEqual(errorsOf({ data: { a: 'x'.repeat(1_048_577) } }), [
    '[]: Too long: may not be more than 1048576 bytes',
  ]);
  assert.deepEqual(errorsOf({ data: { '..': '' } }), ['data[..]: Invalid value: "..": must not be \'..\'']);
  const old = map({ immutable: true, data: { a: 'x' }, binaryData: { b: 'eA==' } });
  assert.deepEqual(texts(configMapDescriptor.validateUpdate?.(map({}), old, context)), [
    'immutable: Forbidden: field is immutable when `immutable` is set',
    'data: Forbidden: field is immutable when `immutable` is set',
    'binaryData: Forbidden: field is immutable when `immutable` is set',
  ]);
});

test('secretDescriptor warns of certificates that cannot work', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const block = (type: string): string => `-----BEGIN ${type}-----\nYWJj\n-----END ${type}-----\n`;
  const cases: readonly (readonly [string, string, string])[] = [
    ['x', key, 'tls: failed to find any PEM data in certificate input'],
    [block('CERTIFICATE').replace('YWJj', '!!'), key, 'tls: failed to find any PEM data in certificate input'],
    [
      key,
      key,
      'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
    ],
    [
      block('A') + block('B'),
      key,
      'tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [A B]',
    ],
    [block('CERTIFICATE'), 'y', 'tls: failed to find any PEM data in key input'],
    [
      block('CERTIFICATE'),
      block('CERTIFICATE'),
      'tls: found a certificate rather than a key in the PEM for the private key',
    ],
    [
      block('CERTIFICATE'),
      block('A'),
      'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [A]',
    ],
    [block('CERTIFICATE'), key, 'x509: malformed certificate'],
  ];
  for (const [certificate, text, warning] of cases) {
    const made = secret('kubernetes.io/tls', { 'tls.crt': certificate, 'tls.key': text });
    assert.deepEqual(secretDescriptor.warnings?.(made, undefined, context), [warning]);
  }
});
