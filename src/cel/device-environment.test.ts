import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileDeviceSelector } from './device-environment.ts';

test('compileDeviceSelector() takes what evaluates to a boolean, or to what nobody knows', () => {
  const sound = [
    'device.driver == "a"',
    'device.attributes["dra.example.com"].healthy',
    'device.capacity["dra.example.com"].memory.compareTo(quantity("1Gi")) >= 0',
    'device.attributes["dra.example.com"].version.isGreaterThan(semver("0.0.1"))',
    'cel.bind(dra, device.attributes["dra.example.com"], dra.a && dra.b)',
  ];
  for (const text of sound) assert.equal(compileDeviceSelector(text).ok, true, text);
  const compiled = compileDeviceSelector('device.driver');
  assert.equal(compiled.ok ? '' : compiled.text, 'must evaluate to bool or the unknown type, not string');
  const unknown = compileDeviceSelector('device.model == "a"');
  assert.match(unknown.ok ? '' : unknown.text, /^compilation failed: ERROR: <input>:1:7: undefined field 'model'/);
});

test('compileDeviceSelector() knows how large attributes may be', () => {
  const cost = (text: string): number => {
    const compiled = compileDeviceSelector(text);
    assert.ok(compiled.ok, text);
    return compiled.program.estimate().max;
  };
  assert.ok(cost('device.attributes["dra.example.com"].services.matches("^[0-9a-f]{3}$")') < 1000);
  assert.ok(cost('device.attributes["dra.example.com"].exists(k, k.startsWith("a"))') < 10_000);
});
