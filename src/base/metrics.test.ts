import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from './metrics.ts';

test('text() writes counters, gauges and histograms by name, with escaped label values', () => {
  const registry = new Registry();
  registry
    .counter({ name: 'b_total', help: 'Bees', labels: ['kind', 'what'] })
    .of('a"b\\c\nd', '')
    .add(2);
  registry.gauge({ name: 'a', help: 'An A' }).of().set(1.5);
  const histogram = registry.histogram({ name: 'c_seconds', help: 'Cs', labels: ['x'], buckets: [0.1, 1] }).of('y');
  for (const value of [0.1, 0.5, 3]) histogram.observe(value);
  assert.equal(
    registry.text(),
    [
      '# HELP a An A',
      '# TYPE a gauge',
      'a 1.5',
      '# HELP b_total Bees',
      '# TYPE b_total counter',
      'b_total{kind="a\\"b\\\\c\\nd",what=""} 2',
      '# HELP c_seconds Cs',
      '# TYPE c_seconds histogram',
      'c_seconds_bucket{x="y",le="0.1"} 1',
      'c_seconds_bucket{x="y",le="1"} 2',
      'c_seconds_bucket{x="y",le="+Inf"} 3',
      'c_seconds_sum{x="y"} 3.6',
      'c_seconds_count{x="y"} 3',
      '',
    ].join('\n'),
  );
});

test('collect() is asked before each reading, and a cleared family forgets its children', () => {
  const registry = new Registry();
  const gauge = registry.gauge({ name: 'things', help: 'Things', labels: ['name'] });
  let name = 'first';
  registry.collect(() => {
    gauge.clear();
    gauge.of(name).set(1);
  });
  assert.match(registry.text(), /things\{name="first"\} 1/);
  name = 'second';
  assert.ok(!registry.text().includes('first'));
});

test('of() counts together what there is too much of', () => {
  const counter = new Registry().counter({ name: 'many', help: 'Many', labels: ['x'] });
  for (let index = 0; index < 20_010; index++) counter.of(String(index)).add();
  assert.equal(counter.of('other').value, 10);
});

test('two metrics of one name are a mistake', () => {
  const registry = new Registry();
  registry.gauge({ name: 'a', help: '' });
  assert.throws(() => registry.counter({ name: 'a', help: '' }), /Two metrics named "a"/);
});
