/** A probe that is a GET: any status from 200 to 399 is success. Certificates are not checked, and each probe has its own connection. */
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { HTTPGetAction } from '../../api/groups/core.v1.ts';
import { portNumber } from './port-number.ts';
import type { ProbeResult, ProbeTarget } from './probe-target.ts';
import { dialText } from './tcp-probe.ts';

export async function probeByHttp(
  action: HTTPGetAction,
  { container, podIp }: ProbeTarget,
  timeoutMs: number,
): Promise<ProbeResult> {
  const host = action.host === undefined || action.host === '' ? podIp : action.host;
  const port = portNumber(action.port, container);
  const isTls = action.scheme === 'HTTPS';
  const path = (action.path ?? '/').replace(/^(?!\/)/, '/');
  const given = (action.httpHeaders ?? []).map(({ name, value }) => [name.toLowerCase(), value] as const);
  const headers = { 'user-agent': 'kube-probe/1.36', accept: '*/*', connection: 'close', ...Object.fromEntries(given) };
  const url = `${isTls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}${path}`;
  try {
    const statusCode = await get({ host, port, path, headers, agent: false }, isTls, timeoutMs);
    if (statusCode >= 200 && statusCode < 400) return { ok: true, output: '' };
    return { ok: false, output: `HTTP probe failed with statuscode: ${statusCode}` };
  } catch (error) {
    return { ok: false, output: `Get "${url}": ${dialText(error, host, port)}` };
  }
}

function get(options: RequestOptions, isTls: boolean, timeoutMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const answered = (response: IncomingMessage): void => {
      response.on('error', () => undefined);
      resolve(response.statusCode ?? 0);
      response.destroy();
    };
    const sent = isTls
      ? httpsRequest({ ...options, signal, rejectUnauthorized: false }, answered)
      : httpRequest({ ...options, signal }, answered);
    sent.on('error', (error) =>
      reject(
        signal.aborted
          ? new Error('context deadline exceeded (Client.Timeout exceeded while awaiting headers)')
          : error,
      ),
    );
    sent.end();
  });
}
