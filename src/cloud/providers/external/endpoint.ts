/**
 * Asks a provider that is a program of its own: POST with JSON to a path below its endpoint, by HTTPS, by HTTP or on a UNIX
 * socket (`unix:///run/provider.sock`). An answer of 2xx has what was asked for; any other has `{ "message": "…" }`, which
 * users read in events. Answers are at most 4 MiB; one that takes longer than a minute is given up.
 */
import { request as requestByHttp, type RequestOptions } from 'node:http';
import { request as requestByHttps } from 'node:https';
import { readFile } from 'node:fs/promises';

export interface EndpointOptions {
  readonly url: URL;
  /** File with a bearer token, read again for each request. */
  readonly tokenFile?: string | undefined;
  /** PEM of the authority that signed the endpoint's certificate; default: those that the machine trusts. */
  readonly authority?: string | undefined;
}

const timeoutMs = 60_000;
const longestAnswer = 4 * 1024 * 1024;
const longestMessage = 500;

export class Endpoint {
  readonly #options: EndpointOptions;

  constructor(options: EndpointOptions) {
    this.#options = options;
  }

  /** @throws Error with the provider's own message. */
  async ask(path: string, body: object, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
    const { status, text } = await this.#send(path, JSON.stringify(body), signal);
    const value = parsedAnswer(text);
    if (status >= 200 && status < 300) return value;
    const message = value['message'];
    throw new Error(
      typeof message === 'string' ? message.slice(0, longestMessage) : `the provider answers ${status} to ${path}`,
    );
  }

  async #send(path: string, body: string, signal: AbortSignal): Promise<{ status: number; text: string }> {
    const { url, tokenFile, authority } = this.#options;
    const token = tokenFile === undefined ? undefined : (await readFile(tokenFile, 'utf8')).trim();
    const isSocket = url.protocol === 'unix:';
    const options: RequestOptions & { readonly ca?: string } = {
      method: 'POST',
      path: (isSocket ? '' : url.pathname.replace(/\/$/, '')) + path,
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      ...(isSocket ? { socketPath: url.pathname } : { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port }),
      ...(authority === undefined ? {} : { ca: authority }),
    };
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
    const request = (url.protocol === 'https:' ? requestByHttps : requestByHttp)(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (text.length > longestAnswer) response.destroy(new Error('the answer of the provider is too long'));
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
    return await promise.catch((error: unknown) => {
      throw new Error('the provider does not answer', { cause: error });
    });
  }
}

function parsedAnswer(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = text === '' ? {} : JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
