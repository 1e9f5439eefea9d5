import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readScenario } from './read-scenario.ts';
import { usualBehaviour, usualRules } from './scenario.ts';

const head = 'apiVersion: simulation.slipway.dev/v1\nkind: Simulation\n';

test('readScenario() takes every example', async () => {
  const folder = join(import.meta.dirname, '../../examples/simulation');
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  assert.ok(files.length > 0);
  for (const name of files) {
    const { nodes, rules } = await readScenario(readFileSync(join(folder, name), 'utf8'));
    assert.ok(nodes.length > 0 && rules.length > usualRules.length, name);
  }
});

test('readScenario() fills in what the file leaves out', async () => {
  const { seed, nodes, rules } = await readScenario(`${head}pods: [{ start: { after: 1m30s } }]`);
  assert.equal(seed, 1);
  assert.equal(nodes[0]?.name, 'sim');
  assert.deepEqual(rules[0]?.behaviour, { ...usualBehaviour, start: { afterMs: 90_000, jitterMs: 0 } });
  assert.deepEqual(rules.slice(1), usualRules);
});

test('readScenario() says what is wrong with a file, and where', async () => {
  const wrong: Readonly<Record<string, RegExp>> = {
    'kind: Simulation': /must say apiVersion/,
    [`${head}nodes: [{ cuont: 3 }]`]: /no field "nodes\[0\].cuont"/,
    [`${head}nodes: [{ count: 0 }]`]: /^nodes\[0\].count: must be at least 1/,
    [`${head}nodes: [{ name: Big }]`]: /^nodes\[0\].name: "Big" is no name/,
    [`${head}nodes: [{ count: 1 }, { count: 2 }]`]: /^nodes\[1\].name: "sim" is taken/,
    [`${head}nodes: [{ incidents: [{ happens: Explode }] }]`]:
      /^nodes\[0\].incidents\[0\].happens: "Explode" is none of/,
    [`${head}pods: [{ start: { after: soon } }]`]: /^pods\[0\].start.after: time: invalid duration "soon"/,
    [`${head}pods: [{ start: { after: -1s } }]`]: /must not be negative/,
    [`${head}pods: [{ incidents: [{ happens: Exit, chance: 2 }] }]`]: /chance: must be from 0 to 1/,
    [`${head}pods: [{ match: { labelSelector: "a in" } }]`]: /^pods\[0\].match.labelSelector: /,
    [`${head}pods: [{ usage: { cpu: much } }]`]: /quantit/i,
    [`${head}podAddresses: 10.0.0.0`]: /^podAddresses: /,
    [`${head}nodes: [`]: /yaml/,
  };
  for (const [text, message] of Object.entries(wrong)) {
    await assert.rejects(readScenario(text), { name: 'ScenarioError', message }, text);
  }
});
