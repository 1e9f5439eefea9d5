import assert from 'node:assert/strict';
import { test } from 'node:test';
import { webhooksErrors } from './webhook-errors.ts';

type Webhooks = NonNullable<Parameters<typeof webhooksErrors>[0]['webhooks']>;

const good = {
  name: 'a.b.c',
  clientConfig: { url: 'https://x/y' },
  rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
};

const errorsOf = (...webhooks: readonly object[]): readonly string[] =>
  webhooksErrors({ webhooks: webhooks as unknown as Webhooks }).map(({ field, message }) => `${field}: ${message}`);

test('webhooksErrors() lets good webhooks through', () => assert.deepEqual(errorsOf(good), []));

test('webhooksErrors() refuses what cannot work', () => {
  const rule = (change: object): object => ({ rules: [{ ...good.rules[0], ...change }] });
  const cases: readonly (readonly [object, string])[] = [
    [{ name: 'a' }, 'name: Invalid value: "a": should be a domain with at least three segments separated by dots'],
    [{ sideEffects: 'Some' }, 'sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"'],
    [{ sideEffects: null }, 'sideEffects: Required value: must specify one of None, NoneOnDryRun'],
    [{ timeoutSeconds: 31 }, 'timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds'],
    [{ clientConfig: {} }, 'clientConfig: Required value: exactly one of url or service is required'],
    [
      { clientConfig: { url: 'http://x' } },
      `clientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]`,
    ],
    [
      { clientConfig: { url: 'https://x:port/y' } },
      'clientConfig.url: Required value: url must be a valid URL: parse "https://x:port/y": invalid port ":port" after host; desired format: https://host[/path]',
    ],
    [
      { clientConfig: { url: 'https://x/%zz' } },
      'clientConfig.url: Required value: url must be a valid URL: parse "https://x/%zz": invalid URL escape "%zz"; desired format: https://host[/path]',
    ],
    [{ sideEffects: '' }, 'sideEffects: Unsupported value: "": supported values: "None", "NoneOnDryRun"'],
    [{ admissionReviewVersions: [] }, 'admissionReviewVersions: Required value: must specify one of v1, v1beta1'],
    [
      { admissionReviewVersions: ['v9'] },
      'admissionReviewVersions: Invalid value: ["v9"]: must include at least one of v1, v1beta1',
    ],
    [
      rule({ operations: ['*', 'CREATE'] }),
      `rules[0].operations: Invalid value: ["*","CREATE"]: if '*' is present, must not specify other operations`,
    ],
    [
      rule({ resources: ['pods/*', 'pods/status'] }),
      `rules[0].resources[1]: Invalid value: "pods/status": if 'pods/*' is present, must not specify pods/status`,
    ],
  ];
  for (const [change, text] of cases) assert.deepEqual(errorsOf({ ...good, ...change }), [`webhooks[0].${text}`]);
  assert.deepEqual(errorsOf(good, good), ['webhooks[1].name: Duplicate value: "a.b.c"']);
});
