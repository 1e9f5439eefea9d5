import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtinResources, StorageVersionMigrations } from '../api/resources.ts';
import type { Invocation } from './command.ts';
import { readFeatureGates, readRuntimeConfig } from './feature-flags.ts';
import { UsageError } from './usage-error.ts';

type Given = Readonly<Record<string, string>>;

const flagsOf = (given: Given) => ({ text: (name: string) => given[name] }) as unknown as Invocation['flags'];
const open = { 'feature-gates': 'StorageVersionMigrator=true' };
const read = (given: Given) => readRuntimeConfig(flagsOf(given), (message) => assert.fail(message));

test('readRuntimeConfig() serves an optional resource when its version is switched on and its gate is open', () => {
  const on: readonly Given[] = [
    { ...open, 'runtime-config': 'storagemigration.k8s.io/v1beta1=true' },
    { ...open, 'runtime-config': 'storagemigration.k8s.io/v1beta1' },
    { ...open, 'runtime-config': 'api/beta=true' },
    { ...open, 'runtime-config': 'api/all=true,apps/v1=true' },
    { ...open, 'runtime-config': 'api/all=false,storagemigration.k8s.io/v1beta1=true,v1=true' },
    { 'feature-gates': 'AllBeta=true', 'runtime-config': 'api/beta=true' },
  ];
  for (const given of on) assert.deepEqual(read(given).switchedOn, [StorageVersionMigrations]);
  const off: readonly Given[] = [
    {},
    open,
    { 'runtime-config': 'storagemigration.k8s.io/v1beta1=true' },
    { ...open, 'runtime-config': 'api/alpha=true' },
    { ...open, 'runtime-config': 'api/all=true,storagemigration.k8s.io/v1beta1=false' },
    { 'feature-gates': 'AllBeta=true,StorageVersionMigrator=false', 'runtime-config': 'api/all=true' },
  ];
  for (const given of off) assert.deepEqual(read(given).switchedOn, []);
});

test('readRuntimeConfig() switches off what is on by default, the more special word over the more general', () => {
  const off = (config: string): ReadonlySet<string> =>
    new Set(read({ 'runtime-config': config }).switchedOff.map(({ apiVersion }) => apiVersion));
  const all = new Set(builtinResources.map(({ apiVersion }) => apiVersion));
  assert.deepEqual(off(''), new Set());
  assert.deepEqual(off('apps/v1=false'), new Set(['apps/v1']));
  assert.deepEqual(off('apps/v1=0,batch/v1=F'), new Set(['apps/v1', 'batch/v1']));
  assert.deepEqual(off('api/ga=true,apps/v1=false'), new Set(['apps/v1']));
  assert.deepEqual(off('api/all=false,v1=true'), all.difference(new Set(['v1'])));
  assert.deepEqual(off('api/all=false,api/ga=true'), new Set([...all].filter((version) => version.includes('beta'))));
  assert.deepEqual(off('/v1=false'), new Set(['v1']));
});

test('readRuntimeConfig() ignores single resources and says so', () => {
  const told: string[] = [];
  const flags = flagsOf({ 'runtime-config': 'apps/v1/deployments=false' });
  assert.deepEqual(readRuntimeConfig(flags, (message) => told.push(message)).switchedOff, []);
  assert.deepEqual(told, [
    'ignoring invalid key apps/v1/deployments, individual resource enablement/disablement is not supported in apps/v1, and will prevent starting in future releases',
  ]);
});

test('readRuntimeConfig() and readFeatureGates() refuse what nobody knows and what is no truth value', () => {
  const wrong: readonly (readonly [string, string, string])[] = [
    ['runtime-config', 'api/all=false', 'invalid key with only api/all=false'],
    ['runtime-config', 'example.com/v1=true,other.io/v1=true', 'unknown api groups example.com,other.io'],
    ['runtime-config', 'apps=true', 'runtime-config invalid key apps'],
    ['runtime-config', 'apps/v9=true', 'group version apps/v9 that has not been registered'],
    ['runtime-config', 'api/all=perhaps', 'invalid value api/all=perhaps'],
    [
      'runtime-config',
      'apps/v1=no',
      'invalid value of apps/v1: no, err: strconv.ParseBool: parsing "no": invalid syntax',
    ],
    ['feature-gates', 'Magic=true', 'unrecognized feature gate: Magic'],
    ['feature-gates', 'AllBeta', 'missing bool value for AllBeta'],
    [
      'feature-gates',
      'AllBeta=no',
      'invalid value of AllBeta=no, err: strconv.ParseBool: parsing "no": invalid syntax',
    ],
  ];
  for (const [flag, value, text] of wrong) {
    assert.throws(() => read({ [flag]: value }), new UsageError(`--${flag}: ${text}`));
  }
});

test('readFeatureGates() knows which are open', () => {
  assert.deepEqual([...readFeatureGates(flagsOf(open))], ['StorageVersionMigrator']);
  assert.deepEqual([...readFeatureGates(flagsOf({}))], []);
});
