import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../api/schema.ts';
import { alice, startTestServer } from '../testing/test-server.ts';

const group = '/apis/admissionregistration.k8s.io/v1';
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }];
const shown = '&{alice  [devs system:authenticated] map[]}';

const policy = (paramKind: Json): Json => ({
  metadata: { name: 'p' },
  spec: { paramKind, matchConstraints: { resourceRules }, validations: [{ expression: 'true' }] },
});

const binding = (paramRef: Json): Json => ({
  metadata: { name: 'b' },
  spec: { policyName: 'p', validationActions: ['Deny'], paramRef },
});

test('createParamAccess() lets nobody read through a policy what he may not read himself', async (context) => {
  const server = await startTestServer();
  context.after(() => server.close());
  const rules: Json[] = [{ apiGroups: ['admissionregistration.k8s.io'], resources: ['*'], verbs: ['*'] }];
  const role = (more: Json[]): Json => ({ metadata: { name: 'author' }, rules: [...rules, ...more] });
  await server.ok('POST', `${rbac}/clusterroles`, role([]));
  await server.ok('POST', `${rbac}/clusterrolebindings`, {
    metadata: { name: 'author' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'author' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'alice' }],
  });
  const post = async (plural: string, body: Json): Promise<string> => {
    const { status, body: answer } = await server.call('POST', `${group}/${plural}`, { user: alice, body });
    return status === 201 ? '' : String((answer as { readonly message?: Json }).message);
  };
  const configMaps = { apiVersion: 'v1', kind: 'ConfigMap' };
  assert.equal(
    await post('validatingadmissionpolicies', policy(configMaps)),
    'ValidatingAdmissionPolicy.admissionregistration.k8s.io "p" is invalid: spec.paramKind: Forbidden: ' +
      `user ${shown} must have "get" permission on all objects of the referenced paramKind (kind=ConfigMap, apiVersion=v1)`,
  );
  await server.ok('POST', `${group}/validatingadmissionpolicies`, policy(configMaps));
  const refused = (verb: string): string =>
    'ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io "b" is invalid: spec.paramRef: Forbidden: ' +
    `user ${verb} does not have "${shown}" permission on the object referenced by paramRef`;
  const one = { name: 'c', namespace: 'default', parameterNotFoundAction: 'Deny' };
  const selected = { selector: {}, parameterNotFoundAction: 'Deny' };
  assert.equal(await post('validatingadmissionpolicybindings', binding(one)), refused('get'));
  assert.equal(await post('validatingadmissionpolicybindings', binding(selected)), refused('list'));
  await server.ok(
    'PUT',
    `${rbac}/clusterroles/author`,
    role([{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['c'], verbs: ['get'] }]),
  );
  assert.equal(await post('validatingadmissionpolicybindings', binding(one)), '');
});
