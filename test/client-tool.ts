/** Real kubectl and Helm, run against a test's cluster. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
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
}

export interface ClientTools {
  /** Runs kubectl and gives what it answered, whatever its status. */
  tryKubectl(args: readonly string[], options?: ToolOptions): Promise<ToolResult>;
  /** Runs kubectl, which must succeed; gives its standard output. */
  kubectl(args: readonly string[], options?: ToolOptions): Promise<string>;
  /** `kubectl get … -o json`, parsed. */
  kubectlJson(args: readonly string[]): Promise<unknown>;
  tryHelm(args: readonly string[], options?: ToolOptions): Promise<ToolResult>;
  helm(args: readonly string[], options?: ToolOptions): Promise<string>;
}

/** The tools of the development dependencies with this kubeconfig; nothing of the user's own configuration is read. */
export function clientTools(kubeconfig: string): ClientTools {
  const tool =
    (name: 'kubectl' | 'helm') =>
    async (args: readonly string[], options: ToolOptions = {}): Promise<ToolResult> => {
      const program = await clientTool(name);
      assert.ok(program !== undefined, `${name} is not among the development dependencies of this machine`);
      return await runTool(program, args, kubeconfig, options);
    };
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
    tryHelm,
    helm: must('helm', tryHelm),
  };
}

/** Runs a program with this kubeconfig to its end. */
export function runTool(
  program: string,
  args: readonly string[],
  kubeconfig: string,
  { input, timeoutMs = 60_000, cwd }: ToolOptions,
): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: '/nonexistent',
        KUBECONFIG: kubeconfig,
        HELM_CACHE_HOME: `${kubeconfig}.helm`,
      },
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
