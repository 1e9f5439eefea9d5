import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualClock } from '../../base/clock.ts';
import type { JsonObject } from '../../api/schema.ts';
import { at, startTestServer } from '../testing/test-server.ts';

const schemas = '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas';
const levels = '/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations';
const autoupdate = 'apf.kubernetes.io/autoupdate-spec';

test('keepDefaults() mends what is mandatory, and what is suggested unless its annotation says no', async () => {
  const clock = virtualClock();
  const server = await startTestServer({ clock });
  const merge = (path: string, patch: JsonObject): Promise<JsonObject> =>
    server.ok('PATCH', path, patch, 'application/merge-patch+json');
  const precedence = async (name: string) =>
    at(await server.ok('GET', `${schemas}/${name}`), 'spec.matchingPrecedence');
  const changed = { spec: { matchingPrecedence: 77 } };
  await merge(`${schemas}/service-accounts`, changed);
  await merge(`${schemas}/global-default`, { metadata: { annotations: { [autoupdate]: 'false' } }, ...changed });
  await server.ok('DELETE', `${schemas}/exempt`);
  await server.ok('DELETE', `${levels}/system`);
  const outdated = {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'PriorityLevelConfiguration',
    metadata: { name: 'of-old', annotations: { [autoupdate]: 'true' } },
    spec: { type: 'Limited', limited: { nominalConcurrencyShares: 1, limitResponse: { type: 'Reject' } } },
  };
  await server.ok('POST', levels, outdated);
  assert.equal((await server.call('GET', `${schemas}/exempt`)).status, 404);

  clock.advance(60_000);
  for (let round = 0; round < 5000; round++) {
    if ((await server.call('GET', `${levels}/of-old`)).status === 404) break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal((await server.call('GET', `${levels}/of-old`)).status, 404);
  assert.equal(await precedence('service-accounts'), 9000);
  assert.equal(await precedence('global-default'), 77);
  assert.equal(await precedence('exempt'), 1);
  assert.equal((await server.call('GET', `${levels}/system`)).status, 200);
  await server.close();
});
