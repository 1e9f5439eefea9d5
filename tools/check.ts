/**
 * Every check and test, in the order in which they fail fastest: `npm run ok` (all but end-to-end) and `npm test` (all).
 *
 * The static checks run side by side, then the unit tests, then the end-to-end tests one after another, because those
 * own the machine's containers and networks. The last lines are the counts of all tests together.
 */
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { canInstallPackages, installPackages, missingTestPackages } from '../src/cluster/system-packages.ts';

const root = join(import.meta.dirname, '..');
const everything = process.argv.includes('--all');
const startedAt = performance.now();
const totals = { tests: 0, pass: 0, fail: 0, cancelled: 0, skipped: 0, todo: 0 };
let failedSteps = 0;

interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** Shows the output while it comes, not only after a failure. */
  readonly live?: boolean;
}

const bin = (name: string): string => join(root, 'node_modules', '.bin', name);
const engine = process.execPath;

await Promise.all(
  [
    { name: 'format', command: [bin('oxfmt'), '--check', '.'] },
    { name: 'lint', command: [bin('oxlint'), '--deny-warnings'] },
    { name: 'types', command: [bin('tsc')] },
    { name: 'tidy', command: [engine, '--test', '--test-reporter=spec', 'test/tidy.test.ts'] },
  ].map(run),
);
const tests = globSync(['src/**/*.test.ts', 'test/**/*.test.ts', 'tools/**/*.test.ts', 'examples/**/*.test.ts'], {
  cwd: root,
})
  .filter((file) => file !== join('test', 'tidy.test.ts'))
  .toSorted();
await runTests(
  'unit tests',
  tests.filter((file) => !file.endsWith('.e2e.test.ts')),
  {},
);
if (everything) {
  await installMissing();
  await runTests(
    'end-to-end tests',
    tests.filter((file) => file.endsWith('.e2e.test.ts')),
    { serial: true },
  );
}
report();

async function runTests(name: string, files: readonly string[], options: { readonly serial?: boolean }): Promise<void> {
  if (files.length === 0) return;
  const serial = options.serial === true;
  const flags = serial ? ['--test-concurrency=1', '--test-timeout=600000'] : ['--test-timeout=120000'];
  await run({
    name: `${name} (${files.length} files)`,
    command: [engine, '--test', '--test-reporter=spec', ...flags, ...files],
    live: serial,
  });
}

async function run(step: Step): Promise<void> {
  const begin = performance.now();
  const { status, output } = await capture(step);
  count(output);
  const seconds = `${((performance.now() - begin) / 1000).toFixed(1)} s`;
  if (status === 0) return say(`${styleText('green', '✔')} ${step.name} ${styleText('dim', seconds)}\n`);
  failedSteps++;
  if (step.live !== true) say(`${output.trimEnd()}\n`);
  say(`${styleText('red', '✖')} ${step.name} ${styleText('dim', seconds)}\n`);
}

function capture(step: Step): Promise<{ readonly status: number; readonly output: string }> {
  return new Promise((resolve) => {
    const [file = '', ...args] = step.command;
    const child = spawn(file, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
      if (step.live === true) say(chunk.toString());
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => resolve({ status: 1, output: `Cannot run "${file}": ${error.message}` }));
    child.on('close', (status) => resolve({ status: status ?? 1, output }));
  });
}

/** Adds up the counts that Node's test runner prints at its end. */
function count(output: string): void {
  for (const [, name, value] of output.matchAll(/^ℹ (tests|pass|fail|cancelled|skipped|todo) (\d+)$/gm)) {
    totals[name as keyof typeof totals] += Number(value);
  }
}

async function installMissing(): Promise<void> {
  const missing = await missingTestPackages();
  if (missing.length === 0) return;
  const names = missing.join(', ');
  if (!(await canInstallPackages())) {
    return say(`! The end-to-end tests want ${names}: install them, or run as root on a machine with apt.\n`);
  }
  const begin = performance.now();
  say(`Installing ${names} (apt-get) …\n`);
  await installPackages(missing, new AbortController().signal);
  say(`✔ system packages ${((performance.now() - begin) / 1000).toFixed(1)} s\n`);
}

function report(): void {
  const lines = Object.entries(totals).map(([name, value]) => `ℹ ${name} ${value}\n`);
  const verdict =
    failedSteps === 0 ? styleText('green', '✔ all is well') : styleText('red', `✖ ${failedSteps} of the steps failed`);
  say(`${verdict} ${styleText('dim', `${((performance.now() - startedAt) / 1000).toFixed(1)} s`)}\n${lines.join('')}`);
  process.exitCode = failedSteps === 0 ? 0 : 1;
}

function say(text: string): void {
  process.stdout.write(text);
}
