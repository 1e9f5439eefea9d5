import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StorageVersionMigrations } from '../api/resources.ts';
import type { Invocation } from './command.ts';
import { readFeatureGates, readSwitchedOn } from './feature-flags.ts';
import { UsageError } from './usage-error.ts';

type Given = Readonly<Record<string, string>>;

const flagsOf = (given: Given) => ({ text: (name: string) => given[name] }) as unknown as Invocation['flags'];
const open = { 'feature-gates': 'StorageVersionMigrator=true' };

test('readSwitchedOn() serves a resource when its version is switched on and its gate is open', () => {
  const on: readonly Given[] = [
    { ...open, 'runtime-config': 'storagemigration.k8s.io/v1beta1=true' },
    { ...open, 'runtime-config': 'storagemigration.k8s.io/v1beta1' },
    { ...open, 'runtime-config': 'storagemigration.k8s.io/v1beta1/storageversionmigrations=true' },
    { ...open, 'runtime-config': 'api/beta=true' },
    { ...open, 'runtime-config': 'api/all=true,apps/v1=true' },
    { 'feature-gates': 'AllBeta=true', 'runtime-config': 'api/beta=true' },
  ];
  for (const given of on) assert.deepEqual(readSwitchedOn(flagsOf(given)), [StorageVersionMigrations]);
  const off: readonly Given[] = [
    {},
    open,
    { 'runtime-config': 'storagemigration.k8s.io/v1beta1=true' },
    { ...open, 'runtime-config': 'api/alpha=true' },
    { ...open, 'runtime-config': 'api/all=true,storagemigration.k8s.io/v1beta1=false' },
    { 'feature-gates': 'AllBeta=true,StorageVersionMigrator=false', 'runtime-config': 'api/all=true' },
  ];
  for (const given of off) assert.deepEqual(readSwitchedOn(flagsOf(given)), []);
});

test('readSwitchedOn() refuses versions that nobody knows or could miss, and gates that nobody knows', () => {
  const wrong: readonly Given[] = [
    { 'runtime-config': 'example.com/v1=true' },
    { 'runtime-config': 'api/all=perhaps' },
    { 'runtime-config': 'apps/v1=false' },
    { 'runtime-config': 'api/ga=false' },
    { 'feature-gates': 'Magic=true' },
  ];
  for (const given of wrong) assert.throws(() => readSwitchedOn(flagsOf(given)), UsageError);
});

test('readFeatureGates() knows which are open', () => {
  assert.deepEqual([...readFeatureGates(flagsOf(open))], ['StorageVersionMigrator']);
  assert.deepEqual([...readFeatureGates(flagsOf({}))], []);
});
