import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseRuntime, type MachineFacts } from './choose-runtime.ts';
import { SetupError } from './setup-error.ts';

const ready: MachineFacts = { platform: 'linux', isRoot: true, missing: [], canInstall: true };
test('chooseRuntime() takes containerd where it can run, and says what to install first', () => {
  assert.deepEqual(chooseRuntime('auto', ready), { runtime: 'containerd', install: [] });
  assert.deepEqual(chooseRuntime('auto', { ...ready, missing: ['containerd'] }), {
    runtime: 'containerd',
    install: ['containerd'],
  });
});

test('chooseRuntime() falls back to a simulated node with the reason', () => {
  for (const [facts, because] of [
    [{ ...ready, platform: 'darwin' }, 'containers need Linux, this is macOS'],
    [{ ...ready, isRoot: false }, 'containers need root'],
    [{ ...ready, missing: ['containerd'], canInstall: false }, 'containerd is not installed'],
  ] as const) {
    assert.deepEqual(chooseRuntime('auto', facts), { runtime: 'simulated', because });
    assert.throws(
      () => chooseRuntime('containerd', facts),
      (error) => error instanceof SetupError && error.message.includes(because),
    );
  }
});

test('chooseRuntime() simulates without a word when that was asked for', () => {
  assert.deepEqual(chooseRuntime('simulated', ready), { runtime: 'simulated', because: undefined });
});
