import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatLabelSelector, labelSelectorRequirements, matchesLabels, parseLabelSelector } from './label-selector.ts';

test('parseLabelSelector() reads all operators and formats them again', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['', ''],
    ['app=web', 'app=web'],
    ['b==2, a!=1', 'a!=1,b==2'],
    ['tier in (b,a, a),x notin (), !gone ,here', '!gone,here,tier in (a,b),x notin ()'],
    ['n>5,m<6', 'm<6,n>5'],
    ['a=,b', 'a=,b'],
    ['x in (,)', 'x in ()'],
    ['x in (in,notin)', 'x in (in,notin)'],
    ['in in (a)', 'in in (a)'],
    ['example.com/a=b', 'example.com/a=b'],
  ];
  for (const [text, formatted] of cases) assert.equal(formatLabelSelector(parseLabelSelector(text)), formatted, text);
});

test('parseLabelSelector() says what it found and what it expected', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['env in', `unable to parse requirement: found '' expected: '('`],
    ['env in (', `unable to parse requirement: found '', expected: ',', ')' or identifier`],
    ['env in (a', `unable to parse requirement: found '', expected: ',' or ')'`],
    ['=prod', `found '=', expected: !, identifier, or 'end of string'`],
    ['env=prod,', `found '', expected: identifier after ','`],
    ['env=a=b', `found '=', expected: ',' or 'end of string'`],
    ['bad key!=x', `unable to parse requirement: found 'key', expected: in, notin, =, ==, !=, gt, lt`],
    ['env=not valid!', `found 'valid', expected: ',' or 'end of string'`],
    [
      'n>abc',
      `unable to parse requirement: values[0]: Invalid value: "abc": for 'Gt', 'Lt' operators, the value must be an integer`,
    ],
    [
      `env=${'v'.repeat(64)}`,
      `unable to parse requirement: values[0][env]: Invalid value: "${'v'.repeat(64)}": must be no more than 63 bytes`,
    ],
    [
      `${'k'.repeat(64)}=v`,
      `unable to parse requirement: <nil>: Invalid value: "${'k'.repeat(64)}": name part must be no more than 63 bytes`,
    ],
  ];
  for (const [text, message] of cases)
    assert.throws(() => parseLabelSelector(text), { name: 'SelectorError', message });
});

test('matchesLabels() tells missing labels from others', () => {
  const matches = (text: string, labels?: Record<string, string>) => matchesLabels(parseLabelSelector(text), labels);
  assert.ok(matches('', undefined));
  assert.ok(matches('a!=1,b notin (x)', { a: '2' }));
  assert.ok(!matches('a!=1', { a: '1' }));
  assert.ok(matches('a=', { a: '' }));
  assert.ok(!matches('a=', {}));
  assert.ok(matches('!a', undefined));
  assert.ok(matches('n>5', { n: '10' }));
  assert.ok(!matches('n>5', { n: 'x' }));
  assert.ok(!matches('constructor', {}));
});

test('labelSelectorRequirements() tells nothing from everything', () => {
  assert.equal(labelSelectorRequirements(undefined), undefined);
  assert.deepEqual(labelSelectorRequirements({}), []);
  const selector = {
    matchLabels: { b: '1' },
    matchExpressions: [
      { key: 'a', operator: 'In', values: ['y', 'x'] },
      { key: 'c', operator: 'DoesNotExist' },
    ],
  };
  assert.equal(formatLabelSelector(labelSelectorRequirements(selector) ?? []), 'a in (x,y),b=1,!c');
  assert.throws(() => labelSelectorRequirements({ matchExpressions: [{ key: 'a', operator: 'Like' }] }), {
    message: '"Like" is not a valid label selector operator',
  });
  assert.throws(() => labelSelectorRequirements({ matchExpressions: [{ key: 'a', operator: 'In', values: [] }] }));
});
