/** /metrics as a scraper reads it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { alice, startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
before(async () => void (server = await startTestServer()));
after(() => server.close());

const read = async (path = '/metrics'): Promise<readonly string[]> => (await server.call('GET', path)).text.split('\n');

/** The value of the one line that begins so. */
async function value(start: string): Promise<number> {
  const lines = (await read()).filter((line) => line.startsWith(start));
  assert.equal(lines.length, 1, `${start}: ${lines.join('\n')}`);
  return Number(lines[0]?.split(' ').at(-1));
}

const common = 'group="",version="v1",resource="configmaps",subresource=""';

test('/metrics counts requests by verb, resource, scope and code', async () => {
  const path = '/api/v1/namespaces/default/configmaps';
  await server.ok('POST', path, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } });
  await server.ok('POST', `${path}?dryRun=All`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' } });
  for (let times = 0; times < 3; times++) await server.ok('GET', path);
  await server.call('GET', `${path}/none`);
  await server.call('GET', path, { user: alice });
  const count = (verb: string, scope: string, code: number, dryRun = ''): Promise<number> =>
    value(
      `apiserver_request_total{verb="${verb}",dry_run="${dryRun}",${common},scope="${scope}",component="apiserver",code="${code}"}`,
    );
  assert.equal(await count('POST', 'resource', 201), 1);
  assert.equal(await count('POST', 'resource', 201, 'All'), 1);
  assert.equal(await count('LIST', 'namespace', 200), 3);
  assert.equal(await count('LIST', 'namespace', 403), 1);
  assert.equal(await count('GET', 'resource', 404), 1);
  const labels = `verb="LIST",${common},scope="namespace",component="apiserver"`;
  assert.equal(await value(`apiserver_request_sli_duration_seconds_count{${labels}}`), 4);
});

test('/metrics tells no resources apart that are not served', async () => {
  for (let index = 0; index < 5; index++) await server.call('GET', `/apis/none.example/v1/things${index}`);
  assert.ok(!(await read()).some((line) => line.includes('none.example')));
});

test('/metrics tells what is stored, decided and in force', async () => {
  assert.ok((await value('apiserver_resource_objects{group="",resource="namespaces"}')) >= 4);
  assert.ok((await value('apiserver_storage_objects{resource="clusterroles.rbac.authorization.k8s.io"}')) > 50);
  assert.ok((await value('authorization_attempts_total{result="allowed"}')) > 0);
  assert.equal(await value('apiserver_flowcontrol_nominal_limit_seats{priority_level="workload-low"}'), 245);
  assert.ok((await value('process_resident_memory_bytes')) > 1e6);
  assert.equal(await value('apiserver_current_inflight_requests{request_kind="readOnly"}'), 1);
  const plugin = 'name="NamespaceLifecycle",operation="CREATE",rejected="false",type="admit"';
  assert.ok((await value(`apiserver_admission_controller_admission_duration_seconds_count{${plugin}}`)) >= 1);
});

test('/metrics is text that a parser of the format can read', async () => {
  const types = new Map<string, string>();
  for (const line of (await read()).slice(0, -1)) {
    const [, name, type] = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line) ?? [];
    if (name !== undefined && type !== undefined) types.set(name, type);
    if (line.startsWith('#')) continue;
    assert.match(line, /^[a-z_:][a-z0-9_:]*(\{([a-z_]+="(\\.|[^"\\])*",?)*\})? -?[0-9.e+-]+$/);
    const family = line.replace(/[{ ].*/, '');
    assert.ok(types.has(family) || types.get(family.replace(/_(bucket|sum|count)$/, '')) === 'histogram', line);
  }
  assert.ok(types.size > 40);
});

test('/metrics/slis tells of health checks that were asked', async () => {
  await server.call('GET', '/readyz');
  const lines = await read('/metrics/slis');
  assert.ok(lines.includes('kubernetes_healthcheck{name="etcd",type="readyz"} 1'));
  assert.ok(
    lines.some((line) =>
      /^kubernetes_healthchecks_total\{name="ping",status="success",type="readyz"\} \d+$/.test(line),
    ),
  );
});
