import assert from 'node:assert/strict';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { virtualClock } from '../base/clock.ts';
import { findClusterAccess } from './kubeconfig.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
});
afterEach(() => rm(directory, { recursive: true }));

const clock = virtualClock();
const base64 = (text: string): string => Buffer.from(text).toString('base64');

async function write(name: string, text: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
}

function configOf(user: string, cluster = 'server: https://10.0.0.1:6443'): string {
  return [
    'apiVersion: v1',
    'kind: Config',
    'current-context: here',
    'contexts: [{name: here, context: {cluster: one, user: me, namespace: shop}}]',
    `clusters: [{name: one, cluster: {${cluster}}}]`,
    `users: [{name: me, user: {${user}}}]`,
  ].join('\n');
}

test('findClusterAccess() reads inline certificates', async () => {
  const user = `client-certificate-data: ${base64('CERT')}, client-key-data: ${base64('KEY')}`;
  const cluster = `server: https://10.0.0.1:6443, certificate-authority-data: ${base64('CA')}, tls-server-name: api`;
  const path = await write('config', configOf(user, cluster));
  const { client, namespace, context } = await findClusterAccess({ path, clock, environment: {} });
  assert.equal(client.server, 'https://10.0.0.1:6443');
  assert.deepEqual(client.tls, {
    ca: 'CA',
    cert: 'CERT',
    key: 'KEY',
    serverName: 'api',
    insecureSkipVerify: undefined,
  });
  assert.deepEqual([namespace, context], ['shop', 'here']);
});

test('findClusterAccess() reads files relative to the kubeconfig', async () => {
  await write('ca.pem', 'CA');
  await write('me.pem', 'CERT');
  await write('me.key', 'KEY');
  const user = 'client-certificate: me.pem, client-key: me.key, tokenFile: token';
  const path = await write('config', configOf(user, 'server: https://h, certificate-authority: ca.pem'));
  const { client } = await findClusterAccess({ path, clock, environment: {} });
  assert.deepEqual([client.tls?.ca, client.tls?.cert, client.tls?.key], ['CA', 'CERT', 'KEY']);
  assert.equal(client.tokenFile, join(directory, 'token'));
});

test('findClusterAccess() merges the files of $KUBECONFIG, the first that says something wins', async () => {
  const first = await write('a', 'users: [{name: me, user: {token: first}}]\ncurrent-context: ""');
  const second = await write('b', configOf('token: second'));
  const environment = { KUBECONFIG: [first, join(directory, 'missing'), second].join(delimiter) };
  const { client } = await findClusterAccess({ clock, environment });
  assert.equal(client.token, 'first');
  assert.equal(client.server, 'https://10.0.0.1:6443');
});

test('findClusterAccess() takes ~/.kube/config, then the account of the pod', async () => {
  const account = join(directory, 'account');
  await mkdir(account);
  await write('account/ca.crt', 'CA');
  await write('account/namespace', 'shop\n');
  const environment = { HOME: directory, KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
  const sources = { clock, environment, serviceAccountDirectory: account };
  const inPod = await findClusterAccess(sources);
  assert.equal(inPod.client.server, 'https://[fd00::1]:443');
  assert.equal(inPod.client.tokenFile, join(account, 'token'));
  assert.deepEqual([inPod.namespace, inPod.context], ['shop', undefined]);
  await mkdir(join(directory, '.kube'));
  await write('.kube/config', configOf('token: mine'));
  assert.equal((await findClusterAccess(sources)).client.token, 'mine');
});

test('findClusterAccess() keeps whom the user acts for', async () => {
  const path = await write('config', configOf('token: t, as: jane, as-groups: [dev]'));
  const { client } = await findClusterAccess({ path, clock, environment: {} });
  assert.deepEqual(client.impersonate, { user: 'jane', groups: ['dev'], uid: undefined });
});

test('findClusterAccess() says what is missing', async () => {
  const path = await write('config', configOf('token: t'));
  const environment = { HOME: directory };
  const cases: readonly [Parameters<typeof findClusterAccess>[0], RegExp][] = [
    [{ clock, environment }, /Cannot find a cluster: there is no .*\.kube\/config, and this is no pod/],
    [{ clock, environment, path: join(directory, 'nowhere') }, /Cannot read the kubeconfig ".*nowhere"/],
    [
      { clock, environment, path, context: 'there' },
      /Cannot find the context "there" in the kubeconfig: it has "here"/,
    ],
    [{ clock, environment, path: await write('bad', '{') }, /Cannot read the kubeconfig ".*bad"/],
    [{ clock, environment, path: await write('empty', '') }, /has no current-context/],
    [{ clock, environment, path: await write('p', configOf('', 'server: https://h, proxy-url: x')) }, /proxy-url/],
    [{ clock, environment, path: await write('q', configOf('auth-provider: {name: gcp}')) }, /auth-provider/],
  ];
  for (const [sources, message] of cases) await assert.rejects(findClusterAccess(sources), message);
});

test('findClusterAccess() runs the program of the user, and again when its token expires', async () => {
  const program = [
    "const fs = require('node:fs');",
    'const path = process.argv[2];',
    "const count = fs.existsSync(path) ? Number(fs.readFileSync(path, 'utf8')) + 1 : 1;",
    'fs.writeFileSync(path, String(count));',
    'const { apiVersion, spec } = JSON.parse(process.env.KUBERNETES_EXEC_INFO);',
    `const expirationTimestamp = '${new Date(clock.now() + 60_000).toISOString()}';`,
    'const token = [process.env.WHO, count, spec.cluster.server].join(" ");',
    "console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion, status: { token, expirationTimestamp } }));",
  ].join('\n');
  const script = await write('login.cjs', program);
  const exec = [
    'apiVersion: client.authentication.k8s.io/v1',
    `command: ${process.execPath}`,
    `args: [${script}, ${join(directory, 'count')}]`,
    'env: [{name: WHO, value: jane}]',
    'provideClusterInfo: true',
  ].join(', ');
  const path = await write('config', configOf(`exec: {${exec}}`));
  const access = await findClusterAccess({ path, clock, environment: process.env });
  const credential = access.client.credential;
  assert.equal(await credential?.authorization(false), 'Bearer jane 1 https://10.0.0.1:6443');
  assert.equal(await credential?.authorization(false), 'Bearer jane 1 https://10.0.0.1:6443');
  assert.equal(await credential?.authorization(true), 'Bearer jane 2 https://10.0.0.1:6443');
  clock.advance(61_000);
  assert.equal(await credential?.authorization(false), 'Bearer jane 3 https://10.0.0.1:6443');
});

test('findClusterAccess() says why the program of the user gave nothing', async () => {
  const config = (exec: string): string => configOf(`exec: {${exec}}`);
  const version = 'apiVersion: client.authentication.k8s.io/v1';
  const cases: readonly [string, RegExp][] = [
    [`${version}, command: no-such-login, installHint: install it`, /credentials from "no-such-login"; install it/],
    [`${version}, command: ${process.execPath}, args: [-v]`, /it is no ExecCredential/],
    ['apiVersion: client.authentication.k8s.io/v1alpha1, command: x', /its apiVersion/],
    [`${version}, command: x, interactiveMode: Always`, /wants a terminal/],
  ];
  for (const [exec, message] of cases) {
    const path = await write('config', config(exec));
    await assert.rejects(findClusterAccess({ path, clock, environment: process.env }), message);
  }
});
