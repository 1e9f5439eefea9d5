/** A probe that is a command in the container: exit code 0 is success. */
import type { ExecAction } from '../../api/groups/core.v1.ts';
import { RuntimeError, type ContainerRuntime } from '../runtimes/runtime.ts';
import type { ProbeResult, ProbeTarget } from './probe-target.ts';

const longestOutput = 10 * 1024;

export async function probeByExec(
  runtime: ContainerRuntime,
  { command = [] }: ExecAction,
  { containerId }: ProbeTarget,
  timeoutMs: number,
): Promise<ProbeResult> {
  try {
    const { exitCode, stdout, stderr } = await runtime.containers.execSync(containerId, command, timeoutMs);
    const output = `${stdout.toString()}${stderr.toString()}`.slice(0, longestOutput);
    return { ok: exitCode === 0, output };
  } catch (error) {
    if (!(error instanceof RuntimeError) || error.code !== 'DeadlineExceeded') throw error;
    const text = `command timed out: "${command.join(' ')}" timed out after ${timeoutMs / 1000}s`;
    return { ok: false, output: text };
  }
}
