import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExecStatus, printExecStatus, type ExecOutcome } from './exec-status.ts';
import { ResizeFeed } from './terminal-resize.ts';

const outcomes: readonly ExecOutcome[] = [{ exitCode: 0 }, { exitCode: 1 }, { exitCode: 255 }];

for (const outcome of outcomes) {
  test(`parseExecStatus() reads what printExecStatus() wrote for ${JSON.stringify(outcome)}`, () => {
    assert.deepEqual(parseExecStatus(printExecStatus(outcome, true)), outcome);
  });
}

test('printExecStatus() tells failures as an InternalError', () => {
  const status = JSON.parse(printExecStatus({ error: 'no such container' }, true));
  assert.deepEqual(status, {
    metadata: {},
    status: 'Failure',
    message: 'Internal error occurred: error executing command in container: no such container',
    reason: 'InternalError',
    details: { causes: [{ message: 'error executing command in container: no such container' }] },
    code: 500,
  });
  assert.equal(printExecStatus({ exitCode: 0 }, false), '');
});

test('parseExecStatus() takes silence for success and noise for an error', () => {
  assert.deepEqual(parseExecStatus(''), { exitCode: 0 });
  assert.ok('error' in parseExecStatus('oops'));
});

test('ResizeFeed reads sizes in any pieces and repeats the last to who comes late', () => {
  const feed = new ResizeFeed();
  for (const piece of ['{"Wid', 'th":80,"Height":24}\n{"Width":1', '20,"Height":40}']) feed.push(Buffer.from(piece));
  const sizes: string[] = [];
  feed.onResize(({ width, height }) => sizes.push(`${width}x${height}`));
  feed.push(Buffer.from('nonsense}{"Height":5,"Width":6}'));
  assert.deepEqual(sizes, ['120x40', '6x5']);
});
