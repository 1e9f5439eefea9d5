/**
 * Runs a program of this machine to its end. The administrator's folders are searched too: they are missing from the
 * PATH of many shells.
 */
import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';

const outputLimitBytes = 4 * 1024 * 1024;
const timeoutMs = 60_000;

export const programPath = [
  ...(process.env['PATH'] ?? '').split(':'),
  '/usr/local/sbin',
  '/usr/sbin',
  '/sbin',
  '/usr/bin',
  '/bin',
]
  .filter((folder, i, all) => folder !== '' && all.indexOf(folder) === i)
  .join(':');

export class ProgramError extends Error {
  readonly exitCode: number | null;
  constructor(command: string, exitCode: number | null, output: string) {
    super(`Cannot run "${command}": ${output.trim() || `exit code ${exitCode ?? 'none'}`}`);
    this.name = 'ProgramError';
    this.exitCode = exitCode;
  }
}

/** Answers what the program printed; fails with what it said when it does not end with 0. */
export function runProgram(program: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, PATH: programPath }, timeout: timeoutMs });
    const printed = { out: '', error: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (printed.out.length < outputLimitBytes) printed.out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (printed.error.length < outputLimitBytes) printed.error += text;
    });
    const command = [program, ...args].join(' ');
    child.on('error', (error) => reject(new ProgramError(command, null, error.message)));
    child.on('close', (code) => {
      if (code === 0) resolve(printed.out);
      else reject(new ProgramError(command, code, printed.error || printed.out));
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** The absolute path of a program, or undefined when it is not installed. */
export async function findProgram(program: string): Promise<string | undefined> {
  for (const folder of programPath.split(':')) {
    const path = join(folder, program);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
}
