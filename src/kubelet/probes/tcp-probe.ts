/** A probe that is a connection: it opens, that is success. */
import { connect } from 'node:net';
import type { TCPSocketAction } from '../../api/groups/core.v1.ts';
import { portNumber } from './port-number.ts';
import type { ProbeResult, ProbeTarget } from './probe-target.ts';

export function probeByTcp(
  action: TCPSocketAction,
  { container, podIp }: ProbeTarget,
  timeoutMs: number,
): Promise<ProbeResult> {
  const host = action.host === undefined || action.host === '' ? podIp : action.host;
  const port = portNumber(action.port, container);
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const settle = (result: ProbeResult): void => {
      resolve(result);
      socket.destroy();
    };
    socket.once('connect', () => settle({ ok: true, output: '' }));
    socket.once('timeout', () => settle({ ok: false, output: `dial tcp ${host}:${port}: i/o timeout` }));
    socket.once('error', (error) => settle({ ok: false, output: dialText(error, host, port) }));
  });
}

const causes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'i/o timeout',
};

/** A failure to connect in the words that users of Kubernetes know. */
export function dialText(error: unknown, host: string, port: number): string {
  const cause = error instanceof Error && 'code' in error ? causes[String(error.code)] : undefined;
  if (cause !== undefined) return `dial tcp ${host.includes(':') ? `[${host}]` : host}:${port}: ${cause}`;
  return error instanceof Error ? error.message : String(error);
}
