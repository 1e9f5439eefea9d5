import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cloudNode, cloudService } from '../testing/objects.ts';
import { balancedNodes, cleanupFinalizer, nodesText, noteOfChange, planService } from './plan.ts';

const finalizers = [cleanupFinalizer];
const deletionTimestamp = '2026-01-01T00:00:05Z';
const service = cloudService('web');

test('planService() ensures what is new or changed in what a load balancer depends on, and nothing else', () => {
  assert.equal(planService(service, 'a', undefined), 'ensure');
  assert.equal(planService(service, 'a', { service, nodes: 'a' }), 'nothing');
  const changes = [
    cloudService('web', { ports: [{ port: 81, protocol: 'TCP', targetPort: 8080 }] }),
    cloudService('web', { loadBalancerSourceRanges: ['10.0.0.0/8'] }),
    cloudService('web', { externalTrafficPolicy: 'Local', healthCheckNodePort: 32000 }),
    cloudService('web', { sessionAffinity: 'ClientIP' }),
    cloudService('web', {}, { annotations: { size: 'large' } }),
    cloudService('web', {}, { uid: 'another' }),
  ];
  for (const changed of changes) assert.equal(planService(changed, 'a', { service, nodes: 'a' }), 'ensure');
  const idle = [
    cloudService('web', { selector: { app: 'other' } }),
    cloudService('web', {}, { labels: { a: 'b' }, finalizers }),
    { ...service, status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } },
  ];
  for (const same of idle) assert.equal(planService(same, 'a', { service, nodes: 'a' }), 'nothing');
});

test('planService() tells the load balancer of other nodes', () => {
  assert.equal(planService(service, 'b', { service, nodes: 'a' }), 'update nodes');
});

test('planService() removes what is not wanted any more, whether it remembers it or not', () => {
  const known = { service, nodes: 'a' };
  for (const ensured of [undefined, known]) {
    assert.equal(planService(cloudService('web', {}, { deletionTimestamp, finalizers }), 'a', ensured), 'remove');
    assert.equal(planService(cloudService('web', { type: 'ClusterIP' }, { finalizers }), 'a', ensured), 'remove');
  }
  assert.equal(planService(undefined, 'a', known), 'remove');
  assert.equal(planService(undefined, 'a', undefined), 'nothing');
  assert.equal(planService(cloudService('web', { type: 'ClusterIP' }), 'a', known), 'remove');
  assert.equal(planService(cloudService('web', { type: 'NodePort' }), 'a', undefined), 'nothing');
});

test('planService() leaves Services with a class to those who serve it', () => {
  const classed = { loadBalancerClass: 'example.com/lb' };
  assert.equal(planService(cloudService('web', classed), 'a', undefined), 'nothing');
  assert.equal(planService(cloudService('web', classed, { deletionTimestamp, finalizers }), 'a', undefined), 'nothing');
});

test('balancedNodes() are those that take part, ready or not', () => {
  const nodes = [
    cloudNode('b'),
    cloudNode('a', {}, { conditions: [{ type: 'Ready', status: 'False' }] }),
    cloudNode('excluded', {}, {}, { labels: { 'node.kubernetes.io/exclude-from-external-load-balancers': '' } }),
    cloudNode('going', {}, {}, { deletionTimestamp }),
    cloudNode('scaled-down', { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }] }),
  ];
  assert.deepEqual(
    balancedNodes(nodes).map(({ metadata }) => metadata.name),
    ['a', 'b'],
  );
  assert.equal(nodesText(nodes), 'a \nb \nscaled-down ');
  assert.notEqual(nodesText([cloudNode('a', { providerID: 'cloud://1' })]), nodesText([cloudNode('a')]));
});

test('noteOfChange() says what is different', () => {
  const told = (spec: Parameters<typeof cloudService>[1]) => {
    const { reason, message } = noteOfChange(service, cloudService('web', spec)) ?? { reason: '', message: '' };
    return `${reason}: ${message}`;
  };
  assert.equal(told({ type: 'ClusterIP' }), 'Type: LoadBalancer -> ClusterIP');
  assert.equal(
    told({ loadBalancerSourceRanges: ['10.0.0.0/8', '192.0.2.0/24'] }),
    'LoadBalancerSourceRanges: [] -> [10.0.0.0/8 192.0.2.0/24]',
  );
  assert.equal(told({ loadBalancerIP: '192.0.2.1' }), 'LoadbalancerIP:  -> 192.0.2.1');
  assert.equal(told({ externalIPs: ['192.0.2.1'] }), 'ExternalIP: Count: 0 -> 1');
  assert.equal(told({ healthCheckNodePort: 32000 }), 'HealthCheckNodePort: 0 -> 32000');
  assert.equal(noteOfChange(service, cloudService('web', { ports: [{ port: 81, targetPort: 81 }] })), undefined);
});
