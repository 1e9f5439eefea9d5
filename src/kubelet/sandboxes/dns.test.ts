import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, PodSpec } from '../../api/groups/core.v1.ts';
import { parseResolvConf, podDns } from './dns.ts';
import { podNames } from './hostname.ts';
import { printHosts } from './hosts-file.ts';

const node = { servers: ['9.9.9.9'], searches: ['corp.example'], options: ['timeout:1'] };
const settings = { clusterDns: ['10.96.0.10'], clusterDomain: 'cluster.local', node };

function pod(spec: Partial<PodSpec>, name = 'web-0'): Pod {
  const metadata = {
    name,
    namespace: 'shop',
    uid: 'u',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
  };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [], ...spec }, status: {} };
}

test('podDns() follows the policy of the pod, with its own settings on top', () => {
  const searches = ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local', 'corp.example'];
  const cluster = { servers: ['10.96.0.10'], searches, options: ['ndots:5'] };
  assert.deepEqual(podDns(pod({ dnsPolicy: 'ClusterFirst' }), settings), cluster);
  assert.deepEqual(podDns(pod({ dnsPolicy: 'ClusterFirst', hostNetwork: true }), settings), node);
  assert.deepEqual(podDns(pod({ dnsPolicy: 'ClusterFirstWithHostNet', hostNetwork: true }), settings), cluster);
  assert.deepEqual(podDns(pod({ dnsPolicy: 'Default' }), settings), node);
  assert.deepEqual(podDns(pod({}), { ...settings, clusterDns: [] }), node);
  const dnsConfig = {
    nameservers: ['1.1.1.1'],
    searches: ['a'],
    options: [{ name: 'ndots', value: '1' }, { name: 'debug' }],
  };
  assert.deepEqual(podDns(pod({ dnsPolicy: 'None', dnsConfig }), settings), {
    servers: ['1.1.1.1'],
    searches: ['a'],
    options: ['ndots:1', 'debug'],
  });
  assert.deepEqual(podDns(pod({ dnsConfig }), settings).options, ['ndots:1', 'debug']);
});

test('parseResolvConf() reads what the machine says', () => {
  const text =
    '# made by hand\nnameserver 9.9.9.9\nnameserver ::1 ; comment\nsearch a.example. b.example\noptions ndots:2 rotate\n';
  const wanted = { servers: ['9.9.9.9', '::1'], searches: ['a.example', 'b.example'], options: ['ndots:2', 'rotate'] };
  assert.deepEqual(parseResolvConf(text), wanted);
});

test('podNames() and printHosts() call the pod by its names', () => {
  assert.deepEqual(podNames(pod({}, `${'x'.repeat(62)}-y`), 'cluster.local').hostname, 'x'.repeat(62));
  const names = podNames(pod({ hostname: 'db-0', subdomain: 'db' }), 'cluster.local');
  const text = printHosts({ names, ips: ['10.1.0.1'], aliases: [{ ip: '10.9.9.9', hostnames: ['a', 'b'] }] });
  assert.match(
    text,
    /\n10\.1\.0\.1\tdb-0\.db\.shop\.svc\.cluster\.local\tdb-0\n\n# Entries added by HostAliases\.\n10\.9\.9\.9\ta\tb\n$/,
  );
});
