import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { commands } from './command-list.ts';

function slipway(...args: readonly string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const main = join(import.meta.dirname, 'main.ts');
  return spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', timeout: 20_000 });
}

test('slipway --help names every command', () => {
  const { status, stdout } = slipway('--help');
  assert.equal(status, 0);
  for (const { name, summary } of commands) assert.match(stdout, new RegExp(`^  ${name} +${summary}$`, 'm'));
});

test('every command has a description, examples of itself and a help for each flag', async () => {
  for (const { name, load } of commands) {
    const { command } = await load();
    assert.ok(command.description.length > 20, name);
    for (const line of Object.keys(command.examples)) assert.ok(line.includes(`slipway ${name}`), `${name}: ${line}`);
    assert.ok(Object.keys(command.examples).length > 0, name);
    for (const [flag, { help }] of Object.entries(command.flags)) assert.match(help, /\.$/, `${name} --${flag}`);
  }
});

test('slipway answers a command line it does not understand with what was meant and status 2', () => {
  for (const [args, answer] of [
    [['versoin'], 'There is no command "versoin"; did you mean "version"?'],
    [['frobnicate'], 'There is no command "frobnicate".'],
    [['kubeconfig', '--data-dri', 'x'], 'There is no flag "--data-dri"; did you mean "--data-dir"?'],
    [['version', 'now'], 'Nothing is expected after the flags: "now".'],
  ] as const) {
    const { status, stderr } = slipway(...args);
    assert.equal(status, 2, args.join(' '));
    assert.ok(stderr.includes(answer), stderr);
  }
});

test('slipway kubeconfig says in one sentence that there is no cluster, without a stack', () => {
  const empty = mkdtempSync(join(tmpdir(), 'slipway-cli-'));
  try {
    const { status, stderr } = slipway('kubeconfig', '--data-dir', empty);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^Error: Cannot read ".*": no cluster was started there yet\. Start one with slipway up, .*\.\n$/,
    );
  } finally {
    rmSync(empty, { recursive: true });
  }
});
