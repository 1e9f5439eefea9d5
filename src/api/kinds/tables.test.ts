import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cell } from '../descriptor.ts';
import { descriptors } from './descriptors.ts';

const nowMs = Date.parse('2020-01-01T01:00:00Z');
const metadata = { name: 'x', creationTimestamp: '2020-01-01T00:00:00Z' };

function cellOf(plural: string, group: string, name: string, object: object): Cell | undefined {
  const { table } = descriptors.find(({ resource }) => resource.plural === plural && resource.group === group) ?? {};
  const index = table?.columns.findIndex((column) => column.name === name) ?? -1;
  return table?.cells({ metadata, spec: {}, status: {}, ...object } as never, nowMs)[index];
}

test('cells of objects that are out of the ordinary', () => {
  const hosts = (...names: string[]): object => ({ spec: { rules: names.map((host) => ({ host })) } });
  const balancer = { ingress: [{ hostname: 'a-name-of-more-than-16-letters.example.com' }] };
  const paramRef = {
    selector: { matchLabels: { b: 'c', a: 'b' }, matchExpressions: [{ key: 'k', operator: 'Exists' }] },
  };
  const selector =
    '&LabelSelector{MatchLabels:map[string]string{a: b,b: c,},MatchExpressions:[]LabelSelectorRequirement{LabelSelectorRequirement{Key:k,Operator:Exists,Values:[],},},}';
  const pods = { type: 'Pods', pods: { metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: '5' } } };
  const noted = { annotations: { 'volumeattributesclass.alpha.kubernetes.io/is-default-class': 'true' } };
  const cases: readonly (readonly [string, string, string, object, Cell])[] = [
    ['endpoints', '', 'Endpoints', {}, '<none>'],
    ['endpoints', '', 'Endpoints', { subsets: [{ notReadyAddresses: [{ ip: '1.2.3.4' }] }] }, ''],
    ['ingresses', 'networking.k8s.io', 'Hosts', hosts('a', '', '', ''), 'a'],
    ['ingresses', 'networking.k8s.io', 'Hosts', hosts('a', '', 'b', 'c'), 'a,b,c'],
    ['ingresses', 'networking.k8s.io', 'Hosts', hosts('a', 'b', 'c', ''), 'a,b,c + 1 more...'],
    ['services', '', 'External-IP', {}, '<unknown>'],
    ['services', '', 'External-IP', { spec: { type: 'LoadBalancer' } }, '<pending>'],
    [
      'services',
      '',
      'External-IP',
      { spec: { type: 'LoadBalancer', externalIPs: ['1.2.3.4'] }, status: { loadBalancer: balancer } },
      'a-name-of-more-than-16-letters.example.com,1.2.3.4',
    ],
    ['events', '', 'Count', { involvedObject: {}, series: { count: 3 } }, 3],
    [
      'events',
      '',
      'Last Seen',
      { involvedObject: {}, series: { count: 3 }, lastTimestamp: '2020-01-01T00:00:00Z' },
      '<unknown>',
    ],
    [
      'ipaddresses',
      'networking.k8s.io',
      'ParentRef',
      { spec: { parentRef: { resource: 'Pods', name: 'p' } } },
      'pods/p',
    ],
    ['validatingadmissionpolicybindings', 'admissionregistration.k8s.io', 'ParamRef', { spec: { paramRef } }, selector],
    ['volumeattributesclasses', 'storage.k8s.io', 'Name', { metadata: { ...metadata, ...noted } }, 'x (default)'],
    [
      'horizontalpodautoscalers',
      'autoscaling',
      'Targets',
      {
        spec: { scaleTargetRef: {}, metrics: [pods] },
        status: { currentMetrics: [{ type: 'Pods', pods: { current: {} } }] },
      },
      '<nil>/5',
    ],
  ];
  for (const [plural, group, name, object, cell] of cases) {
    assert.equal(cellOf(plural, group, name, object), cell, `${plural} ${name}`);
  }
});

test('flow schemas are listed by their precedence', () => {
  const { order } = descriptors.find(({ resource }) => resource.plural === 'flowschemas')?.table ?? {};
  const made = [
    ['b', 2],
    ['a', 2],
    ['z', 1],
  ].map(([name, matchingPrecedence]) => ({ metadata: { name }, spec: { matchingPrecedence } }));
  const names = made.toSorted((a, b) => order?.(a as never, b as never) ?? 0).map((each) => each.metadata.name);
  assert.deepEqual(names, ['z', 'a', 'b']);
});
