import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIssues, Source } from './issue.ts';
import { parse } from './parse.ts';

const starts =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

/** An expression, and the first lines of its issues: place and message. Recorded of cel-go and of Kubernetes v1.36. */
const refused: readonly (readonly [expression: string, ...issues: string[]])[] = [
  ['self.a ==', `1:10: Syntax error: mismatched input '<EOF>' expecting ${starts}`],
  [
    'object.data.size( > 0',
    `1:19: Syntax error: extraneous input '>' expecting ${starts.replace("'(', ", "'(', ')', ")}`,
    "1:22: Syntax error: missing ')' at '<EOF>'",
  ],
  [
    '*@a | b',
    `1:1: Syntax error: extraneous input '*' expecting ${starts}`,
    "1:2: Syntax error: token recognition error at: '@'",
    "1:5: Syntax error: token recognition error at: '| '",
    "1:7: Syntax error: extraneous input 'b' expecting <EOF>",
  ],
  ['TestAllTypes(){}', "1:15: Syntax error: mismatched input '{' expecting <EOF>"],
  ['1 + 2\n3 +', "2:1: Syntax error: mismatched input '3' expecting <EOF>"],
  ['1.all(2, 3)', '1:7: argument must be a simple name'],
  [
    '1 + +',
    `1:5: Syntax error: mismatched input '+' expecting ${starts}`,
    `1:6: Syntax error: mismatched input '<EOF>' expecting ${starts}`,
  ],
  ['{"a": 1}."a"', `1:10: Syntax error: no viable alternative at input '."a"'`],
  [
    '"\\xFh"',
    `1:1: Syntax error: token recognition error at: '"\\xFh'`,
    `1:6: Syntax error: token recognition error at: '"'`,
    `1:7: Syntax error: mismatched input '<EOF>' expecting ${starts}`,
  ],
  ['{a}', "1:3: Syntax error: mismatched input '}' expecting ':'"],
  ['(a', "1:3: Syntax error: missing ')' at '<EOF>'"],
  ['a.true', "1:3: Syntax error: mismatched input 'true' expecting IDENTIFIER"],
  ['0xFFFFFFFFFFFFFFFFF', '1:1: invalid int literal'],
  ['1.99e90000009', '1:1: invalid double literal'],
  ['has(a)', '1:5: invalid argument to has() macro'],
  [
    '[1, 2, 3].map(var, var * var)',
    '1:15: reserved identifier: var',
    '1:15: argument is not an identifier',
    '1:20: reserved identifier: var',
    '1:26: reserved identifier: var',
  ],
];

function issuesOf(expression: string): string {
  const source = new Source(expression);
  const parsed = parse(source);
  return parsed.ok ? '' : formatIssues(source, parsed.issues);
}

for (const [expression, ...issues] of refused) {
  test(`parse() refuses ${JSON.stringify(expression)}`, () => {
    const found = issuesOf(expression)
      .split('\n')
      .filter((line) => line.startsWith('ERROR'));
    assert.deepEqual(
      found,
      issues.map((issue) => `ERROR: <input>:${issue}`),
    );
  });
}

test('parse() shows the line, and wide characters by wide dots', () => {
  const lines = issuesOf("      '😁' in ['😁', '😑', '😦']\n\t\t\t&& in.😁").split('\n');
  assert.deepEqual(lines.slice(-2), [' |    && in.😁', ' | .........．^']);
});

test('parse() refuses what is too deep or too long', () => {
  const deep = 'ERROR: <input>:-1:0: expression recursion limit exceeded: 250';
  assert.match(issuesOf('('.repeat(10_000)), new RegExp(deep));
  assert.equal(issuesOf('['.repeat(300) + ']'.repeat(300)), deep);
  assert.equal(issuesOf(`a${'.b'.repeat(300)}`), deep);
  assert.equal(issuesOf(Array(300).fill('1').join(' + ')), deep);
  assert.match(issuesOf('a'.repeat(100_001)), /expression code point size exceeds limit: size: 100001, limit 100000/);
});

test('parse() takes chains of && and || of any length', () => {
  assert.equal(issuesOf(Array(10_000).fill('true').join(' && ')), '');
});
