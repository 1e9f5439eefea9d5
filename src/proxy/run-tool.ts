/** Runs a tool of the machine with a text on its standard input. */
import { spawn } from 'node:child_process';

export interface ToolResult {
  readonly code: number;
  readonly stderr: string;
}

const maxErrorBytes = 16_384;

/** Rejects when the tool cannot be started; `missing` is what is said when the machine does not have it. */
export function runTool(command: readonly string[], input: string, missing: string): Promise<ToolResult> {
  const [name = '', ...parameters] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(name, parameters, { stdio: ['pipe', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      if (stderr.length < maxErrorBytes) stderr += chunk;
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ENOENT' ? new Error(missing, { cause: error }) : error);
    });
    // A tool that ends before it has read all says why on its standard error.
    child.stdin.on('error', () => undefined);
    child.on('close', (code) => resolve({ code: code ?? 1, stderr: stderr.trim() }));
    child.stdin.end(input);
  });
}
