/**
 * Exec and attach for an HTTP server: takes an upgrade request, speaks whichever of Kubernetes' protocols the client
 * asked for, and hands over plain streams.
 *
 *   kubectl ══ SPDY/3.1 (v1-v4.channel.k8s.io) | WebSocket (…v4, v5.channel.k8s.io) ══► serveExec ──► handler(streams) ──► exit code
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorText } from '../../base/log.ts';
import type { StreamRequest } from '../runtimes/runtime.ts';
import type { ExecHandler } from './client-streams.ts';
import type { ExecOutcome } from './exec-status.ts';
import { acceptExecOverSpdy } from './exec-spdy.ts';
import { acceptExecOverWebSocket } from './exec-websocket.ts';
import { refuseUpgrade, wantsWebSocket } from './upgrade.ts';

/**
 * Serves one exec or attach request from node:http's `upgrade` event. Resolves when the session is over; protocol
 * errors are answered to the client and do not reject.
 */
export async function serveExec(
  req: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  options: { readonly streams: StreamRequest; readonly handler: ExecHandler },
): Promise<void> {
  const { stdin, stdout, stderr } = options.streams;
  if (!stdin && !stdout && !stderr) {
    return refuseUpgrade(socket, 400, 'you must specify at least 1 of stdin, stdout, stderr');
  }
  const accept = wantsWebSocket(req) ? acceptExecOverWebSocket : acceptExecOverSpdy;
  const session = await accept(req, socket, head, options.streams);
  if (session === undefined) return;
  let outcome: ExecOutcome;
  try {
    outcome = { exitCode: await options.handler(session) };
  } catch (error) {
    outcome = { error: errorText(error) };
  }
  await session.finish(outcome);
}

/**
 * Reads what a client asks for from the query, in the API server's words (`stdin=true`) or the kubelet's (`input=1`).
 */
export function streamRequestFromQuery(query: URLSearchParams): StreamRequest {
  const isSet = (...names: readonly string[]): boolean =>
    names.some((name) => ['1', 'true'].includes(query.get(name) ?? ''));
  const tty = isSet('tty');
  return {
    stdin: isSet('stdin', 'input'),
    stdout: isSet('stdout', 'output'),
    stderr: isSet('stderr', 'error') && !tty,
    tty,
  };
}
