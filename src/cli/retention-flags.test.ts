import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readArguments } from './command.ts';
import { readRetention, retentionFlags } from './retention-flags.ts';
import { UsageError } from './usage-error.ts';

const command = { description: '', flags: retentionFlags, examples: {}, run: async () => 0 };
const read = (retention?: string, mode?: string) => {
  const args = [
    ...(retention === undefined ? [] : [`--auto-compaction-retention=${retention}`]),
    ...(mode === undefined ? [] : [`--auto-compaction-mode=${mode}`]),
  ];
  return readRetention(readArguments(command, args).flags);
};

test('readRetention() reads hours, times and revisions as etcd does', () => {
  assert.equal(read(), undefined);
  assert.equal(read('0', 'revision'), undefined);
  assert.deepEqual(read('2'), { mode: 'periodic', keepMs: 7_200_000 });
  assert.deepEqual(read('1m30s'), { mode: 'periodic', keepMs: 90_000 });
  assert.deepEqual(read('1000', 'revision'), { mode: 'revision', keep: 1000 });
});

test('readRetention() refuses what is neither', () => {
  for (const [retention, mode] of [['soon'], ['-5m'], ['5m', 'revision'], ['5m', 'sometimes']] as const)
    assert.throws(() => read(retention, mode), UsageError, retention);
});
