import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile, type Outcome } from './compile.ts';
import { environmentOf } from './environment.ts';
import { jsonOf } from './json-of-value.ts';
import { valueOf } from './json-value.ts';
import { jsonPatchType } from './named-types.ts';
import { objectType, readType, stringType } from './type.ts';
import { timestampValue } from './value.ts';

const self = objectType('Self', { field: (name) => (name === 'name' ? stringType : undefined) });
const environment = environmentOf({
  object: readType('dyn'),
  self,
  n: readType('int'),
  old: readType('optional(string)'),
  when: readType('timestamp'),
});

const activation = {
  object: valueOf({ spec: { replicas: 3, name: 'a', tags: ['x', 'y'], ['__proto__']: 1 }, constructor: 'c' }),
  self: valueOf({ name: 'me' }),
  n: 4n,
  old: { kind: 'optional', value: 'last' },
  when: timestampValue(1_000_000_000n),
} as const;

function run(expression: string): Outcome {
  const compiled = compile(expression, environment);
  assert.ok(compiled.ok, compiled.ok ? '' : compiled.text);
  return compiled.program.evaluate(activation);
}

const refused: readonly (readonly [expression: string, message: string])[] = [
  ['nothing == 1', "1:1: undeclared reference to 'nothing' (in container '')"],
  ['foo(1)', "1:4: undeclared reference to 'foo' (in container '')"],
  ['self.nope == 1', "1:5: undefined field 'nope'"],
  ['n.foo', "1:2: type 'int' does not support field selection"],
  ['object.metadata.name.startsWith(5)', "1:32: found no matching overload for 'startsWith' applied to 'dyn.(int)'"],
  ['n + "a"', "1:3: found no matching overload for '_+_' applied to '(int, string)'"],
  ['true && 1', "1:9: expected type 'bool' but found 'int'"],
  ['[1, "a"]', "1:5: expected type 'int' but found 'string'"],
  [
    'n.all(x, true)',
    "1:1: expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)",
  ],
  ['duration("1x")', '1:10: invalid duration argument'],
  ['"a".matches("(")', '1:13: invalid matches argument'],
  ['Nope{a: 1}', "1:5: undeclared reference to 'Nope' (in container '')"],
];

for (const [expression, message] of refused) {
  test(`compile() refuses ${expression}`, () => {
    const compiled = compile(expression, environment);
    assert.equal(compiled.ok ? '' : compiled.text.split('\n')[0], `ERROR: <input>:${message}`);
  });
}

const holds: readonly string[] = [
  'old.optMap(o, o != "last").orValue(true) == false',
  'object.spec.?nope.orValue(7) == 7 && object.?spec.name.value() == "a"',
  'has(object.spec.name) && !has(object.spec.nope) && !has(object.spec.toString)',
  'object.constructor == "c" && object.spec["__proto__"] == 1',
  'object.spec.tags.map(t, t + "!") == ["x!", "y!"] && object.spec.tags.filter(t, t > "x") == ["y"]',
  'object.spec.tags.transformMap(i, t, t == "x") == {0: true, 1: false}',
  '[1, 0].exists(x, 1 / x > 5 || x == 0) && true || 1 / 0 == 1',
  '[1, 2].exists_one(x, x == 2) && [1, 2].all(i, v, i < v)',
  'when.getSeconds() == 1 && when + duration("1h") > when',
  'type(n) == int && type(when) == google.protobuf.Timestamp && dyn(1) == 1.0 && dyn(1u) == 1',
  '"%d of %s, %.1f".format([3]) == "" || true',
  'quantity("1Ki").add(quantity("24")).asInteger() == 1048 && quantity("1.5") == quantity("1500m")',
  'ip("::ffff").family() == 6 && cidr("10.0.0.0/8").containsCIDR("10.1.0.0/16") && !isIP("1.2.3")',
  'ip.isCanonical("2001:db8::1") && string(cidr("10.1.2.3/8").masked()) == "10.0.0.0/8"',
  'url("https://a.b:80/c%20d?e=f").getHostname() == "a.b" && url("https://a/?e=f").getQuery() == {"e": ["f"]}',
  'semver("1.2.3-rc.1").isLessThan(semver("1.2.3")) && isSemver("v1", true) && !isSemver("v1")',
  'format.dns1123Label().validate("A").hasValue() && !format.named("uuid").value().validate("x").orValue([]).isSorted() == false',
  'sets.contains([1, 2, 3], [2]) && [3, 1].min() == 1 && [1, 2].sum() == 3 && ["b", "a"].isSorted() == false',
  '"abc123".find("[0-9]+") == "123" && "a1b2".findAll("[0-9]") == ["1", "2"] && "aXb".lowerAscii() == "axb"',
  '"a,b,c".split(",", 2) == ["a", "b,c"] && ["a", "b"].join("-") == "a-b" && "tacocat".lastIndexOf("ca") == 4',
];

for (const expression of holds) {
  test(`evaluate() finds that ${expression}`, () => {
    const outcome = run(expression);
    assert.ok(
      outcome.ok && outcome.value === true,
      JSON.stringify(outcome, (_, each: unknown) => String(each)),
    );
  });
}

const wrongNetwork = 'network address parse error during conversion from string: ';

const fails: readonly (readonly [expression: string, message: string])[] = [
  ['object.nope', 'no such key: nope'],
  ['object.spec.tags[5]', 'index out of bounds: 5'],
  ['object.spec.name + 1', 'no such overload'],
  ['dyn(1).size()', 'no such overload: size(int)'],
  ['9223372036854775807 + n', 'integer overflow'],
  ['n / 0', 'division by zero'],
  ['optional.none().value()', 'optional.none() dereference'],
  ['quantity("nope")', 'quantities must match the regular expression'],
  ['[].max()', 'max called on empty list'],
  ['ip("1.2.3")', 'IP Address "1.2.3" parse error during conversion from string: ParseAddr("1.2.3"): IPv4 address too'],
  ['cidr("1.2.3.4")', `${wrongNetwork}${wrongNetwork}netip.ParsePrefix("1.2.3.4"): no '/'`],
  ['cidr("::ffff:1.2.3.4/96")', `${wrongNetwork}IPv4-mapped IPv6 address "::ffff:1.2.3.4/96" is not allowed`],
  ['semver("1.x.3")', 'Invalid character(s) found in minor number "x"'],
  ['semver("1.02.3")', 'Minor number must not contain leading zeroes "02"'],
  ['semver("1..3")', 'strconv.ParseUint: parsing "": invalid syntax'],
  ['semver("1.2.3-a..b")', 'Prerelease is empty'],
  ['semver("1.2.3-01")', 'Numeric PreRelease version must not contain leading zeroes "01"'],
  ['semver("1.2.3+a_b")', 'Invalid character(s) found in build meta data "a_b"'],
];

for (const [expression, message] of fails) {
  test(`evaluate() fails on ${expression}`, () => {
    const outcome = run(expression);
    assert.ok(!outcome.ok && outcome.reason === 'error');
    assert.ok(outcome.message.startsWith(message), outcome.message);
  });
}

test('evaluate() says what was spent, and stops at the limit', () => {
  assert.equal(run('[1, 2, 3].all(x, x > 0)').cost, 16);
  assert.equal(run('object.spec.name.startsWith("a")').cost, 4);
  const digits = '[0,1,2,3,4,5,6,7,8,9]';
  const loops = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `${digits}.all(${name}, `).join('');
  const outcome = run(`${loops}a + b + c + d + e + f + g >= 0${')'.repeat(7)}`);
  assert.ok(!outcome.ok);
  assert.equal(outcome.reason, 'cost');
  assert.equal(outcome.message, 'operation cancelled: actual cost limit exceeded');
});

const bombs: readonly (readonly [what: string, expression: string])[] = [
  [
    'lists that double',
    Array.from({ length: 40 }, (_, i) => `optional.of(a${i} + a${i}).optMap(a${i + 1}, `).join('') + 'true',
  ],
  ['texts that grow', `"x".replace("x", "${'y'.repeat(5000)}")${'.replace("y", "yyyyyyyyyy")'.repeat(8)} == ""`],
  [
    'texts put together',
    `${'["a", '.repeat(1)}"b"].join("${'z'.repeat(100)}")${'.replace("z", "zzzzzzzzzz")'.repeat(9)} == ""`,
  ],
];

for (const [what, expression] of bombs) {
  test(`evaluate() ends ${what}`, () => {
    const opens = expression.split('optMap(').length - 1;
    const whole =
      opens === 0 ? expression : `optional.of([1]).optMap(a0, ${expression}${')'.repeat(opens + 1)}.hasValue()`;
    const compiled = compile(whole, environment);
    assert.ok(compiled.ok, compiled.ok ? '' : compiled.text.slice(0, 300));
    const outcome = compiled.program.evaluate(activation);
    assert.ok(!outcome.ok);
    assert.equal(outcome.reason, 'cost');
  });
}

test('compile() takes long chains of macros without doubling its work at each', () => {
  const chain = `old${'.optMap(a, a)'.repeat(60)}.hasValue()`;
  assert.ok(compile(chain, environment).ok);
});

test('evaluate() runs patterns in linear time', () => {
  const outcome = run(`"${'a'.repeat(5000)}!".matches("^(a+)+$")`);
  assert.ok(outcome.ok && outcome.value === false);
});

test('evaluate() makes the objects that the environment knows', () => {
  const types = (name: string): typeof jsonPatchType | undefined => (name === 'JSONPatch' ? jsonPatchType : undefined);
  const patch = '[JSONPatch{op: "add", path: "/metadata/labels/" + jsonpatch.escapeKey("a/b~c"), value: 1}]';
  const compiled = compile(patch, { ...environment, types });
  assert.ok(compiled.ok, compiled.ok ? '' : compiled.text);
  const outcome = compiled.program.evaluate(activation);
  assert.deepEqual(outcome.ok && jsonOf(outcome.value), [{ op: 'add', path: '/metadata/labels/a~1b~0c', value: 1 }]);
  const wrong = compile('JSONPatch{oops: 1}', { ...environment, types });
  assert.match(wrong.ok ? '' : wrong.text, /1:15: undefined field 'oops'/);
});

test('jsonOf() writes values as JSON', () => {
  const written = (expression: string): unknown => {
    const outcome = run(expression);
    return outcome.ok ? jsonOf(outcome.value) : outcome.message;
  };
  assert.deepEqual(written('[dyn(1), dyn(2u), dyn(1.5), dyn(null), dyn({"a": b"hi"})]'), [
    1,
    2,
    1.5,
    null,
    { a: 'aGk=' },
  ]);
  assert.deepEqual(written('[dyn(when), dyn(duration("90m"))]'), ['1970-01-01T00:00:01Z', '5400s']);
  assert.throws(() => written('[type(1)]'), /unsupported type conversion/);
});
