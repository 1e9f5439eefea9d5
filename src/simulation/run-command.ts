/** Commands in simulated containers: what the rules answer, or else what a few well-known programs would. */
import type { Pod } from '../api/groups/core.v1.ts';
import type { Clock } from '../base/clock.ts';
import { podContainers } from '../kubelet/pods/pod-containers.ts';
import { RuntimeError, type ExecRequest, type ProcessStreams } from '../kubelet/runtimes/runtime.ts';
import { knownCommand } from '../kubelet/runtimes/simulated-command.ts';
import { simulatedFiles } from '../kubelet/runtimes/simulated-files.ts';
import { simulatedPipes, SimulatedProcess } from '../kubelet/runtimes/simulated-process.ts';
import type { ExecRule } from './scenario.ts';

export interface CommandPlace {
  readonly clock: Clock;
  readonly pod: Pod;
  /** Name of the container. */
  readonly container: string;
  readonly rules: readonly ExecRule[];
}

/** @throws RuntimeError when neither a rule nor a program of that name is there. */
export function runCommand({ clock, pod, container, rules }: CommandPlace, request: ExecRequest): ProcessStreams {
  const { command } = request;
  const words = command.join(' ');
  const rule = rules.find((each) => words === each.command || words.startsWith(`${each.command} `));
  const pipes = simulatedPipes(request);
  if (rule !== undefined) {
    if (rule.stdout !== '') pipes.print('stdout', rule.stdout);
    if (rule.stderr !== '') pipes.print('stderr', rule.stderr);
    return pipes.join(Promise.resolve(rule.exitCode), () => undefined);
  }
  if (knownCommand(command) === undefined) {
    const text = `OCI runtime exec failed: exec failed: unable to start container process: exec: "${command[0] ?? ''}": executable file not found in $PATH`;
    throw new RuntimeError('Unknown', `failed to exec in container: failed to start exec: ${text}`);
  }
  const hostname = pod.spec.hostname === undefined || pod.spec.hostname === '' ? pod.metadata.name : pod.spec.hostname;
  const process = new SimulatedProcess({
    clock,
    argv: command,
    env: environment(pod, container, hostname),
    hostname,
    files: simulatedFiles([], { '/etc/hostname': `${hostname}\n` }),
    stdin: pipes.stdin,
    print: pipes.print,
    mayServe: false,
  });
  return pipes.join(process.ended, () => process.end());
}

/** What the spec says in so many words; what it takes from elsewhere is not looked up. */
function environment(pod: Pod, container: string, hostname: string): Readonly<Record<string, string>> {
  const spec = podContainers(pod).find((each) => each.spec.name === container)?.spec;
  const given = (spec?.env ?? []).map(({ name, value }) => [name, value ?? ''] as const);
  return { PATH: '/usr/local/bin:/usr/bin:/bin', HOSTNAME: hostname, ...Object.fromEntries(given) };
}
