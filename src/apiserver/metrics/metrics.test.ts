/** /metrics as a scraper reads it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { get } from 'node:https';
import { after, before, test } from 'node:test';
import { kubernetesMetrics, unserved } from './testing/kubernetes-metrics.ts';
import { adminToken, alice, startTestServer, type TestServer } from '../testing/test-server.ts';

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

test('/metrics has the names and types of Kubernetes, but for those that the docs give a reason for', () => {
  const served = new Map(server.metrics.map(({ name, type }) => [name, type]));
  const missing: string[] = [];
  for (const [type, names] of Object.entries(kubernetesMetrics)) {
    for (const name of names.trim().split(/\s+/)) {
      if (served.get(name) === undefined) missing.push(name);
      else assert.equal(served.get(name), type, name);
    }
  }
  assert.deepEqual(missing.toSorted(), [...unserved].toSorted());
  const docs = readFileSync(new URL('../../../docs/observing.md', import.meta.url), 'utf8');
  const told = [...docs.matchAll(/`([a-z_0-9*]+)`/g)].map(([, pattern = '']) => pattern.replaceAll('*', '.*'));
  for (const name of unserved)
    assert.ok(
      told.some((pattern) => new RegExp(`^${pattern}$`).test(name)),
      name,
    );
});

test('/metrics is text that a parser of the format can read', async () => {
  const types = new Map<string, string>();
  for (const line of (await read()).slice(0, -1)) {
    const [, name, type] = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line) ?? [];
    if (name !== undefined && type !== undefined) types.set(name, type);
    if (line.startsWith('#')) continue;
    assert.match(line, /^[a-z_:][a-z0-9_:]*(\{([a-z_]+="(\\.|[^"\\])*",?)*\})? -?[0-9.e+-]+$/);
    const family = line.replace(/[{ ].*/, '');
    const whole = types.get(family.replace(/_(bucket|sum|count)$/, ''));
    assert.ok(types.has(family) || whole === 'histogram' || whole === 'summary', line);
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

/** What is counted when it was sent. */
function overTheSocket(path: string): Promise<void> {
  const headers = { authorization: `Bearer ${adminToken}` };
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: server.port, path, headers, agent: false, rejectUnauthorized: false };
    get(options, (response) => response.resume().on('end', resolve)).on('error', reject);
  });
}

test('/metrics tells of lists, changes and caches', async () => {
  const path = '/api/v1/namespaces/default/endpoints';
  const resource = 'group="",resource="endpoints"';
  const before = (await server.ok('GET', path))['metadata'] as { readonly resourceVersion: string };
  for (const query of [
    '',
    'fieldSelector=metadata.name%3Dnone',
    `resourceVersionMatch=Exact&resourceVersion=${before.resourceVersion}`,
  ]) {
    await overTheSocket(`${path}?${query}`);
  }
  assert.equal(await value(`apiserver_cache_list_total{${resource},index=""}`), 2);
  assert.equal(await value(`apiserver_cache_list_returned_objects_total{${resource}}`), 1);
  assert.equal(await value(`apiserver_storage_list_total{${resource}}`), 1);
  assert.equal(await value(`apiserver_storage_list_fetched_objects_total{${resource}}`), 1);
  assert.equal(await value(`apiserver_watch_cache_initializations_total{${resource}}`), 1);
  assert.ok((await value('apiserver_watch_cache_events_received_total{group="",resource="configmaps"}')) > 0);
});

test('/metrics tells of addresses, ports, admission and Pod Security', async () => {
  const ports = [{ port: 80 }];
  await server.ok('POST', '/api/v1/namespaces/default/services', {
    metadata: { name: 'a' },
    spec: { type: 'NodePort', clusterIP: '10.96.0.50', ports },
  });
  await server.ok('POST', '/api/v1/namespaces/default/services?dryRun=All', {
    metadata: { name: 'b' },
    spec: { ports },
  });
  const prefix = 'kube_apiserver_clusterip_allocator';
  assert.equal(await value(`${prefix}_allocated_ips{cidr="10.96.0.0/16"}`), 2, 'and the one of kubernetes');
  assert.equal(await value(`${prefix}_available_ips{cidr="10.96.0.0/16"}`), 65_532);
  assert.equal(await value(`${prefix}_allocation_total{cidr="10.96.0.0/16",scope="static"}`), 1);
  assert.equal(await value('kube_apiserver_nodeport_allocator_allocated_ports'), 1);
  assert.ok(
    (await value(
      'apiserver_admission_step_admission_duration_seconds_count{operation="CREATE",rejected="false",type="admit"}',
    )) > 0,
  );
  const labels = { 'pod-security.kubernetes.io/enforce': 'baseline', 'pod-security.kubernetes.io/audit': 'restricted' };
  await server.ok('POST', '/api/v1/namespaces', { metadata: { name: 'strict', labels } });
  await server.ok('POST', '/api/v1/namespaces/strict/serviceaccounts', { metadata: { name: 'default' } });
  const pod = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const { status, audit } = await server.call('POST', '/api/v1/namespaces/strict/pods', { body: pod });
  assert.equal(status, 201);
  assert.equal(audit['pod-security.kubernetes.io/enforce-policy'], 'baseline:latest');
  assert.match(
    audit['pod-security.kubernetes.io/audit-violations'] ?? '',
    /^would violate PodSecurity "restricted:latest": /,
  );
  const evaluated = (decision: string, level: string, mode: string): Promise<number> =>
    value(
      `pod_security_evaluations_total{decision="${decision}",policy_level="${level}",policy_version="latest",` +
        `mode="${mode}",request_operation="create",resource="pod",subresource=""}`,
    );
  assert.equal(await evaluated('allow', 'baseline', 'enforce'), 1);
  assert.equal(await evaluated('deny', 'restricted', 'audit'), 1);
});

test('/metrics has what carries no labels from the start, and APIServices of this server as available', async () => {
  assert.equal(await value('apiserver_tls_handshake_errors_total'), 0);
  assert.equal(await value('serviceaccount_stale_tokens_total'), 0);
  assert.equal(await value('apiserver_client_certificate_expiration_seconds_count'), 0);
  assert.equal(await value('aggregator_unavailable_apiservice{name="v1.apps"}'), 0);
  assert.equal(await value('version_info{component="kube",binary="1.36"'), 1);
});

test('/metrics tells of what requests pass on their way', async () => {
  const path = '/api/v1/namespaces/default/secrets';
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } };
  await server.ok('POST', `${path}?fieldValidation=Strict`, secret);
  await overTheSocket(path);
  assert.ok((await value('apiserver_request_filter_duration_seconds_count{filter="authentication"}')) > 0);
  assert.ok((await value('apiserver_request_filter_duration_seconds_count{filter="priorityandfairness"}')) > 0);
  assert.equal(await value('field_validation_request_duration_seconds_count{field_validation="Strict"}'), 1);
  const lists = 'group="",resource="secrets",success="true",fallback="false"';
  assert.equal(await value(`apiserver_watch_cache_consistent_read_total{${lists}}`), 1);
  const step = 'operation="CREATE",rejected="false",type="admit"';
  assert.ok((await value(`apiserver_admission_step_admission_duration_seconds_summary{${step},quantile="0.99"}`)) > 0);
  assert.ok((await value('apiserver_storage_size_bytes{storage_cluster_id="etcd-0"}')) > 0);
});

test('/metrics tells how long watchers waited for what there was', async () => {
  const query =
    'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1';
  await overTheSocket(`/api/v1/namespaces/default/podtemplates?${query}`);
  const which = 'group="",version="v1",resource="podtemplates",scope="namespace"';
  assert.equal(await value(`apiserver_watch_list_duration_seconds_count{${which}}`), 1);
});

test('/metrics tells what policies and their expressions did', async () => {
  const group = '/apis/admissionregistration.k8s.io/v1';
  await server.ok('POST', `${group}/validatingadmissionpolicies`, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'no-leases' },
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: ['coordination.k8s.io'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['leases'] },
        ],
      },
      validations: [{ expression: 'false' }],
    },
  });
  await server.ok('POST', `${group}/validatingadmissionpolicybindings`, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'bind' },
    spec: { policyName: 'no-leases', validationActions: ['Deny'] },
  });
  const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' } };
  const refused = await server.call('POST', '/apis/coordination.k8s.io/v1/namespaces/default/leases', { body });
  assert.equal(refused.status, 422);
  const labels = 'policy="no-leases",policy_binding="bind",error_type="no_error",enforcement_action="deny"';
  assert.equal(await value(`apiserver_validating_admission_policy_check_total{${labels}}`), 1);
  assert.ok((await value('apiserver_cel_compilation_duration_seconds_count')) > 0);
  assert.ok((await value('apiserver_cel_evaluation_duration_seconds_count')) > 0);
});

test('/metrics tells which authorizer settled a request', async () => {
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { nonResourceAttributes: {} },
  };
  const user = { name: 'bob', groups: ['system:authenticated'] };
  const labels = 'type="RBAC",name="rbac",decision="allowed"';
  const before = await value(`apiserver_authorization_decisions_total{${labels}}`);
  assert.equal((await server.call('POST', path, { user, body })).status, 201);
  assert.equal(await value(`apiserver_authorization_decisions_total{${labels}}`), before + 1);
});
