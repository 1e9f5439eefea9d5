import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgress, duration } from './progress.ts';
import type { Terminal } from './terminal.ts';

function recordingTerminal(interactive: boolean): { readonly terminal: Terminal; readonly written: () => string } {
  let text = '';
  const write = (part: string): void => {
    text += part;
  };
  return {
    terminal: { interactive, columns: 80, write, writeError: write, style: (_, plain) => plain },
    written: () => text,
  };
}

test('step() writes one plain line a step when nobody watches', async () => {
  const { terminal, written } = recordingTerminal(false);
  let now = 0;
  const progress = createProgress(terminal, () => now);
  await progress.step('certificates', async () => {
    now += 31;
  });
  await progress.step(
    'API server',
    async () => {
      now += 1520;
      progress.note('  a note');
      return 6443;
    },
    (port) => `port ${port}`,
  );
  assert.equal(written(), '✔ certificates 31 ms\n  a note\n✔ API server: port 6443 1.5 s\n');
});

test('step() marks what failed and rethrows it', async () => {
  const { terminal, written } = recordingTerminal(false);
  const progress = createProgress(terminal, () => 0);
  await assert.rejects(
    progress.step('containerd', () => Promise.reject(new Error('no disk'))),
    /no disk/,
  );
  assert.equal(written(), '✖ containerd 0 ms\n');
});

test('step() rewrites the running line for a person', async () => {
  const { terminal, written } = recordingTerminal(true);
  const progress = createProgress(terminal, () => 0);
  await progress.step('proxy', async () => undefined);
  assert.equal(written(), '\r\u001B[K· proxy …\r\u001B[K✔ proxy 0 ms\n');
});

test('duration() picks the unit that reads well', () => {
  assert.deepEqual([0.4, 999, 4210, 125_000].map(duration), ['0 ms', '999 ms', '4.2 s', '2 min 5 s']);
});
