/** What a pod's spec may ask for, seen from inside its containers on a private containerd. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { ConfigMaps, Pods, Secrets, Services } from '../api/resources.ts';
import { eventually } from '../../test/eventually.ts';
import { busyboxImage, shellPod, shellContainer, startTestMachine, type TestMachine } from '../../test/test-machine.ts';
import type { TestNode } from '../../test/test-node.ts';

let machine: TestMachine;
let node: TestNode;
const namespace = 'default';

before(async () => {
  machine = await startTestMachine('kbft', '10.251.9.0/24');
  node = machine.node;
  await node.client.create(ConfigMaps, {
    metadata: { namespace, name: 'settings' },
    data: { color: 'blue', 'app.conf': 'one\n' },
  });
  await node.client.create(Secrets, {
    metadata: { namespace, name: 'hidden' },
    data: { password: Buffer.from('s3cret').toString('base64') },
  });
  await node.client.create(Services, {
    metadata: { namespace, name: 'back-end' },
    spec: { clusterIP: '10.96.0.77', ports: [{ name: 'http', port: 80 }] },
  });
});

after(() => machine?.stop());

const isRunning = (pod: { readonly status: { readonly phase?: string | undefined } }): boolean =>
  pod.status.phase === 'Running';
const isReady = (pod: Awaited<ReturnType<TestNode['get']>>): boolean =>
  pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
const exec = (pod: string, script: string): Promise<string> => node.kubectl(['exec', pod, '--', 'sh', '-c', script]);

suite('pod features', { concurrency: 4 }, () => {
  test('containerEnvironment() gives variables from everywhere, and expands them in commands', async () => {
    const env = [
      { name: 'PLAIN', value: 'a' },
      { name: 'JOINED', value: '$(PLAIN)-$(COLOR)-$$(PLAIN)-$(UNKNOWN)' },
      { name: 'COLOR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'color' } } },
      { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'hidden', key: 'password' } } },
      { name: 'ABSENT', valueFrom: { configMapKeyRef: { name: 'nothing', key: 'x', optional: true } } },
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'APP', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
      { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1m' } } },
      { name: 'LATER', value: '$(COLOR)' },
    ];
    const envFrom = [{ prefix: 'P_', configMapRef: { name: 'settings' } }];
    const resources = { limits: { cpu: '500m', memory: '64Mi' } };
    const pod = shellPod('vars', 'true', {
      spec: { restartPolicy: 'Never' },
      container: { env, envFrom, resources, command: ['sh', '-c', 'env | sort; echo "$0"', 'arg-$(COLOR)'] },
    });
    await node.create({ ...pod, metadata: { ...pod.metadata, labels: { app: 'shop' } } });
    await node.until('vars', ({ status }) => status.phase === 'Succeeded');
    const lines = (await node.kubectl(['logs', 'vars'])).split('\n');
    const wanted = [
      'JOINED=a-$(COLOR)-$(PLAIN)-$(UNKNOWN)',
      'LATER=blue',
      'PASSWORD=s3cret',
      'POD_NAME=vars',
      'APP=shop',
      'CPU=500',
      'P_color=blue',
      'BACK_END_SERVICE_HOST=10.96.0.77',
      'BACK_END_PORT_80_TCP=tcp://10.96.0.77:80',
      'KUBERNETES_SERVICE_PORT=443',
      'arg-blue',
    ];
    assert.deepEqual(
      wanted.filter((line) => !lines.includes(line)),
      [],
      lines.join('\n'),
    );
    assert.ok(!lines.some((line) => line.startsWith('ABSENT=')));
  });

  test('setUpVolumes() fills volumes from the API, and brings changes into running pods', async () => {
    const volumes = [
      {
        name: 'config',
        configMap: { name: 'settings', items: [{ key: 'app.conf', path: 'etc/app.conf', mode: 0o400 }] },
      },
      { name: 'secret', secret: { secretName: 'hidden' } },
      { name: 'info', downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
      {
        name: 'all',
        projected: {
          sources: [
            { configMap: { name: 'settings', items: [{ key: 'color', path: 'color' }] } },
            { secret: { name: 'hidden' } },
            { serviceAccountToken: { path: 'token', audience: 'shop', expirationSeconds: 600 } },
          ],
        },
      },
      { name: 'shared', emptyDir: {} },
      { name: 'fast', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
    ];
    const mount = (name: string): { name: string; mountPath: string } => ({ name, mountPath: `/${name}` });
    const volumeMounts = [
      ...volumes.map(({ name }) => mount(name)),
      { name: 'shared', mountPath: '/part', subPath: 'a/b' },
      { name: 'config', mountPath: '/one.conf', subPath: 'etc/app.conf', readOnly: true },
    ];
    const pod = shellPod('files', 'exec sleep 1000', { spec: { volumes }, container: { volumeMounts } });
    await node.create({ ...pod, metadata: { ...pod.metadata, labels: { app: 'shop' } } });
    await node.until('files', isRunning);
    const read = await exec(
      'files',
      'cat /config/etc/app.conf /secret/password; echo; cat /info/labels; echo; cat /all/color; echo; stat -Lc %a /config/etc/app.conf; touch /part/x; ls /shared/a/b; cat /one.conf; grep " /fast " /proc/mounts | cut -d" " -f1,3; grep -c " /secret .*tmpfs\\|tmpfs /secret " /proc/mounts',
    );
    assert.equal(read, 'one\ns3cret\napp="shop"\nblue\n400\nx\none\ntmpfs tmpfs\n1\n');
    const token = (await exec('files', 'cut -d. -f2 /all/token')).trim();
    const claims = JSON.parse(Buffer.from(token, 'base64url').toString()) as { aud: string[]; sub: string };
    assert.deepEqual([claims.aud, claims.sub], [['shop'], 'system:serviceaccount:default:default']);
    await node.client.patch(
      ConfigMaps,
      { namespace, name: 'settings' },
      { type: 'merge', value: { data: { 'app.conf': 'two\n' } } },
    );
    await node.kubectl(['label', 'pod', 'files', 'tier=front']);
    await eventually(async () => assert.equal(await exec('files', 'cat /config/etc/app.conf'), 'two\n'));
    await eventually(async () => assert.equal(await exec('files', 'cat /info/labels'), 'app="shop"\ntier="front"'));
  });

  test('setUpVolumes() says what is missing, and goes on when it comes', async () => {
    const volumes = [{ name: 'config', configMap: { name: 'late' } }];
    const envFrom = [{ configMapRef: { name: 'later' } }];
    await node.create(shellPod('waits', 'echo $word; exec sleep 1000', { spec: { volumes }, container: { envFrom } }));
    await eventually(async () => {
      const events = await node.events('waits');
      assert.ok(
        events.includes('FailedMount: MountVolume.SetUp failed for volume "config" : configmap "late" not found'),
      );
    });
    await node.client.create(ConfigMaps, { metadata: { namespace, name: 'late' }, data: {} });
    const isWaiting = (pod: Awaited<ReturnType<TestNode['get']>>): boolean =>
      pod.status.containerStatuses?.[0]?.state.waiting?.reason === 'CreateContainerConfigError';
    const { status } = await node.until('waits', isWaiting);
    assert.equal(status.containerStatuses?.[0]?.state.waiting?.message, 'configmap "later" not found');
    await node.client.create(ConfigMaps, { metadata: { namespace, name: 'later' }, data: { word: 'now' } });
    await node.until('waits', isRunning);
    await node.create(
      shellPod('foreign', 'true', { spec: { volumes: [{ name: 'v', nfs: { server: 'a', path: '/b' } }] } }),
    );
    await eventually(async () => {
      const wanted =
        'FailedMount: MountVolume.SetUp failed for volume "v" : volume kind "nfs" is not supported by this node';
      assert.ok((await node.events('foreign')).includes(wanted));
    });
  });

  test('Prober makes pods ready, and restarts what is not alive', async () => {
    const often = { periodSeconds: 1, failureThreshold: 1 };
    const script = 'touch /tmp/alive; mkdir /www; httpd -p 8080 -h /www; exec sleep 1000';
    await node.create(
      shellPod('probed', script, {
        container: {
          ports: [{ name: 'web', containerPort: 8080 }],
          startupProbe: { ...often, failureThreshold: 30, tcpSocket: { port: 'web' } },
          readinessProbe: { ...often, httpGet: { path: '/ready', port: 'web' } },
          livenessProbe: { ...often, exec: { command: ['cat', '/tmp/alive'] } },
        },
      }),
    );
    const earlier = await node.until('probed', ({ status }) => status.containerStatuses?.[0]?.started === true);
    assert.equal(isReady(earlier), false);
    await exec('probed', 'touch /www/ready');
    await node.until('probed', isReady);
    await exec('probed', 'rm /www/ready');
    await node.until('probed', (pod) => !isReady(pod));
    await exec('probed', 'rm /tmp/alive');
    await node.until('probed', ({ status }) => status.containerStatuses?.[0]?.restartCount === 1);
    const events = await node.events('probed');
    assert.ok(
      events.includes('Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 404'),
      events.join('\n'),
    );
    assert.ok(events.some((text) => text.startsWith("Unhealthy: Liveness probe failed: cat: can't open '/tmp/alive'")));
    assert.ok(events.includes('Killing: Container main failed liveness probe, will be restarted'));
  });

  test('containerSecurity() runs processes as they are told', async () => {
    const volumes = [{ name: 'data', emptyDir: {} }];
    await node.create(
      shellPod('careful', 'exec sleep 1000', {
        spec: {
          volumes,
          securityContext: { runAsUser: 1000, runAsGroup: 2000, fsGroup: 3000, supplementalGroups: [4000] },
        },
        container: {
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
          securityContext: {
            readOnlyRootFilesystem: true,
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
          },
        },
      }),
    );
    await node.create(shellPod('noroot', 'true', { container: { securityContext: { runAsNonRoot: true } } }));
    await node.until('careful', isRunning);
    const script =
      'id -u; id -g; id -G; touch /data/x && stat -c %g /data/x; touch /x 2>/dev/null || echo readonly; grep -E "CapEff|NoNewPrivs" /proc/self/status | cut -f2';
    assert.equal(await exec('careful', script), '1000\n2000\n2000 3000 4000\n3000\nreadonly\n0000000000000000\n1\n');
    const { status } = await node.until(
      'noroot',
      (pod) => pod.status.containerStatuses?.[0]?.state.waiting?.reason === 'CreateContainerConfigError',
    );
    assert.match(
      status.containerStatuses?.[0]?.state.waiting?.message ?? '',
      /^container has runAsNonRoot and image will run as root \(pod: "noroot_default\(/,
    );
  });

  test('linuxResources() limits containers, and the kernel kills what takes more memory', async () => {
    const resources = { requests: { cpu: '250m', memory: '32Mi' }, limits: { cpu: '500m', memory: '32Mi' } };
    await node.create(shellPod('bounded', 'exec sleep 1000', { container: { resources } }));
    await node.create(
      shellPod('greedy', 'exec tail /dev/zero', { spec: { restartPolicy: 'Never' }, container: { resources } }),
    );
    const { metadata, status } = await node.until('bounded', isRunning);
    assert.equal(status.qosClass, 'Burstable');
    const parent = `${machine.containerd.cgroupRoot}/kubepods/burstable/pod${metadata.uid}`;
    const group = (controller: string, file: string): Promise<string> =>
      readFile(join('/sys/fs/cgroup', controller, parent, file), 'utf8');
    const isUnified = (await readFile('/sys/fs/cgroup/cgroup.controllers', 'utf8').catch(() => '')) !== '';
    if (isUnified) assert.equal(await group('', 'cpu.max'), '50000 100000\n');
    else {
      assert.equal(await group('cpu', 'cpu.cfs_quota_us'), '50000\n');
      assert.equal(await group('cpu', 'cpu.shares'), '256\n');
      assert.equal(await group('memory', 'memory.limit_in_bytes'), `${32 * 1024 * 1024}\n`);
    }
    const greedy = await node.until('greedy', (pod) => pod.status.phase === 'Failed');
    const { reason, exitCode } = greedy.status.containerStatuses?.[0]?.state.terminated ?? {};
    assert.deepEqual([reason, exitCode], ['OOMKilled', 137]);
  });

  test('sandboxConfig() gives names, resolvers, hosts and namespaces', async () => {
    await node.create(
      shellPod('named', 'exec sleep 1000', {
        spec: {
          hostname: 'db-0',
          subdomain: 'db',
          shareProcessNamespace: true,
          hostAliases: [{ ip: '10.1.2.3', hostnames: ['old', 'older'] }],
          dnsConfig: { options: [{ name: 'ndots', value: '2' }], searches: ['extra.example'] },
          containers: [shellContainer('second', 'exec sleep 4321')],
        },
      }),
    );
    await node.create(shellPod('hosted', 'exec sleep 1000', { spec: { hostNetwork: true, hostPID: true } }));
    await node.until('named', isReady);
    assert.equal(await exec('named', 'hostname'), 'db-0\n');
    const resolv = await exec('named', 'cat /etc/resolv.conf');
    assert.match(resolv, /nameserver 10\.96\.0\.10\n/);
    assert.match(resolv, /search default\.svc\.cluster\.local svc\.cluster\.local cluster\.local .*extra\.example\n/);
    assert.match(resolv, /options ndots:2\n/);
    const hosts = await exec('named', 'cat /etc/hosts');
    assert.match(hosts, /\n10\.251\.9\.\d+\tdb-0\.db\.default\.svc\.cluster\.local\tdb-0\n/);
    assert.match(hosts, /\n10\.1\.2\.3\told\tolder\n/);
    assert.match(await exec('named', 'ps'), /sleep 4321/);
    const { status } = await node.until('hosted', isRunning);
    assert.equal(status.podIP, '127.0.0.1');
    assert.match(await exec('hosted', 'ps | head -2'), /^PID.*\n +1 root/);
  });

  test('startContainer() runs the postStart hook, and kills the container when it fails', async () => {
    const hook = (script: string) => ({ postStart: { exec: { command: ['sh', '-c', script] } } });
    await node.create(shellPod('hooked', 'exec sleep 1000', { container: { lifecycle: hook('echo set >/tmp/hook') } }));
    await node.create(shellPod('unhooked', 'exec sleep 1000', { container: { lifecycle: hook('echo no; exit 4') } }));
    await node.until('hooked', isRunning);
    assert.equal(await exec('hooked', 'cat /tmp/hook'), 'set\n');
    await node.until(
      'unhooked',
      ({ status }) => status.containerStatuses?.[0]?.state.waiting?.reason === 'PostStartHookError',
    );
    assert.ok((await node.events('unhooked')).includes('FailedPostStartHook: PostStartHook failed'));
    await node.client.delete(Pods, { namespace, name: 'unhooked' });
  });

  test('startContainer() runs ephemeral containers of kubectl debug beside the others', async () => {
    await node.create(shellPod('sick', 'exec sleep 7654'));
    await node.until('sick', isRunning);
    const script = 'ps | grep -c "sleep 765[4]"';
    await node.kubectl([
      'debug',
      'sick',
      `--image=${busyboxImage}`,
      '--target=main',
      '-c',
      'doctor',
      '--',
      'sh',
      '-c',
      script,
    ]);
    await node.until('sick', ({ status }) => status.ephemeralContainerStatuses?.[0]?.state.terminated !== undefined);
    assert.equal(await node.kubectl(['logs', 'sick', '-c', 'doctor']), '1\n');
  });

  test('runKubelet() restarts a container whose image was changed', async () => {
    await node.create(shellPod('renewed', 'exec sleep 1000'));
    await node.until('renewed', isRunning);
    await node.kubectl([
      'set',
      'image',
      'pod/renewed',
      `main=${busyboxImage.replace('slipway.local', 'slipway.local:80')}`,
    ]);
    await eventually(async () => {
      const events = await node.events('renewed');
      assert.ok(events.includes('Killing: Container main definition changed, will be restarted'), events.join());
    });
    await node.client.delete(Pods, { namespace, name: 'renewed' });
  });
});
