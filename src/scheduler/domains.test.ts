/** Sums that change with pods and nodes, against a model that counts anew each time. A failure names its seed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from '../api/groups/core.v1.ts';
import { seededRandom, type Random } from '../base/random.ts';
import { NodeTable } from './node-table.ts';
import type { PodKind, Say } from './pod-counts.ts';
import { podInfo, type PodInfo } from './pod-info.ts';
import { selectorTags } from './pod-tags.ts';
import { testNode, testPod } from './test-objects.ts';

const zone = 'topology.kubernetes.io/zone';
const app = (name: string): PodKind => ({
  key: `app ${name}`,
  matches: ({ labels }) => labels['app'] === name,
  tags: selectorTags([{ key: 'app', operator: 'in', values: [name] }], ['default']),
});

class Model {
  readonly table = new NodeTable();
  readonly nodes = new Map<string, Node>();
  readonly placed = new Map<PodInfo, string>();

  /** Of the domains of one label, with the nodes that have a say. */
  sums(key: string, kind: PodKind, hasSay: (node: Node) => boolean): ReadonlyMap<string, number> {
    const sums = new Map<string, number>();
    for (const node of this.nodes.values()) {
      const domain = node.metadata.labels?.[key];
      if (domain === undefined || !hasSay(node)) continue;
      const here = [...this.placed].filter(([pod, name]) => name === node.metadata.name && kind.matches(pod));
      sums.set(domain, (sums.get(domain) ?? 0) + here.length);
    }
    return sums;
  }
}

test('DomainSums stay what a count over all nodes and pods gives, as both come, change and go', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = seededRandom(seed);
    const model = new Model();
    for (let step = 0; step < 60; step++) {
      change(model, random, step);
      compare(model, `seed ${seed}, step ${step}`);
    }
  }
});

function change(model: Model, random: Random, step: number): void {
  const { table, nodes, placed } = model;
  const name = `node-${below(random, 6)}`;
  switch (below(random, 5)) {
    case 0: {
      const node = testNode(name, {
        labels: random.next() < 0.8 ? { [zone]: `zone-${below(random, 3)}` } : {},
        unschedulable: random.next() < 0.3,
      });
      nodes.set(name, node);
      table.setNode(node);
      break;
    }
    case 1:
      if (random.next() < 0.5) return;
      nodes.delete(name);
      table.removeNode(name);
      break;
    case 2: {
      const [[pod, where] = []] = placed;
      if (pod === undefined || where === undefined) return;
      placed.delete(pod);
      table.removePod(pod, where);
      break;
    }
    default: {
      const pod = podInfo(testPod(`pod-${step}`, { labels: { app: random.next() < 0.5 ? 'a' : 'b' } }));
      placed.set(pod, name);
      table.addPod(pod, name);
    }
  }
}

function compare(model: Model, when: string): void {
  const { table } = model;
  const schedulable = (node: Node): boolean => node.spec.unschedulable !== true;
  const say: Say = {
    key: 'schedulable',
    counts: (row) => {
      const node = table.node(row);
      return node !== undefined && schedulable(node);
    },
  };
  for (const kind of [app('a'), app('b')]) {
    for (const key of [zone, 'kubernetes.io/hostname']) {
      for (const [hasSay, filter] of [
        [undefined, () => true],
        [say, schedulable],
      ] as const) {
        const sums = table.counts.of(kind, key, hasSay);
        const expected = model.sums(key, kind, filter);
        const all = [...expected.values()];
        const where = `${when}: ${kind.key} by ${key}`;
        assert.equal(sums.size, expected.size, where);
        assert.equal(sums.lowest, all.length === 0 ? 0 : Math.min(...all), where);
        assert.equal(
          sums.total,
          all.reduce((sum, each) => sum + each, 0),
          where,
        );
        for (const row of table.live) {
          const domain = table.node(row)?.metadata.labels?.[key];
          assert.equal(sums.has(row), domain !== undefined, where);
          assert.equal(sums.of(row), domain === undefined ? 0 : (expected.get(domain) ?? 0), where);
        }
      }
    }
  }
}

function below(random: Random, limit: number): number {
  return Math.floor(random.next() * limit);
}
