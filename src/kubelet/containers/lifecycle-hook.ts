/** postStart and preStop: a command in the container, a request to it, or a pause. */
import { request } from 'node:http';
import type { Container, LifecycleHandler } from '../../api/groups/core.v1.ts';
import { sleep, type Clock } from '../../base/clock.ts';
import type { ContainerRuntime } from '../runtimes/runtime.ts';
import { portNumber } from '../probes/port-number.ts';

export interface HookTarget {
  readonly runtime: ContainerRuntime;
  readonly clock: Clock;
  readonly containerId: string;
  readonly container: Container;
  readonly podIp: string;
}

/** @throws when the hook failed, with what it said. `signal` ends the waiting. */
export async function runHook(hook: LifecycleHandler, target: HookTarget, signal: AbortSignal): Promise<void> {
  const { exec, httpGet, tcpSocket, sleep: pause } = hook;
  if (pause !== undefined) return sleep(target.clock, pause.seconds * 1000, signal);
  if (exec !== undefined) {
    const { command = [] } = exec;
    const { exitCode, stdout, stderr } = await target.runtime.containers.execSync(target.containerId, command);
    if (exitCode === 0) return;
    const said = `${stdout.toString()}${stderr.toString()}`;
    throw new Error(
      `Exec lifecycle hook ([${command.join(' ')}]) for Container "${target.container.name}" failed - error: command '${command.join(' ')}' exited with ${exitCode}: ${said}, message: ${JSON.stringify(said)}`,
    );
  }
  if (httpGet !== undefined) {
    const host = httpGet.host === undefined || httpGet.host === '' ? target.podIp : httpGet.host;
    const path = (httpGet.path ?? '/').replace(/^(?!\/)/, '/');
    const headers = Object.fromEntries((httpGet.httpHeaders ?? []).map(({ name, value }) => [name, value]));
    return get({ host, port: portNumber(httpGet.port, target.container), path, headers }, signal);
  }
  if (tcpSocket === undefined) throw new Error(`invalid handler: ${JSON.stringify(hook)}`);
}

function get(
  options: {
    readonly host: string;
    readonly port: number;
    readonly path: string;
    readonly headers: Record<string, string>;
  },
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({ ...options, signal, agent: false }, (response) => {
      response.resume();
      const { statusCode = 0 } = response;
      if (statusCode < 400) resolve();
      else reject(new Error(`HTTP probe failed with statuscode: ${statusCode}`));
    });
    sent.on('error', reject);
    sent.end();
  });
}
