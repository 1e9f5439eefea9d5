/** What goes wrong between the server and a webhook, in the words that clients know. */
import { isJsonObject } from '../api/codec/json-object.ts';

/** Errors of the way: of the network, of TLS, of time. */
export function connectionText(error: unknown, host: string, port: string): string {
  const { code = '', name = '', message = String(error) } = (error ?? {}) as NodeJS.ErrnoException;
  const address = `dial tcp ${host}:${port}`;
  if (name === 'TimeoutError' || name === 'AbortError') return 'context deadline exceeded';
  switch (code) {
    case 'ECONNREFUSED':
      return `${address}: connect: connection refused`;
    case 'ENETUNREACH':
      return `${address}: connect: network is unreachable`;
    case 'EHOSTUNREACH':
      return `${address}: connect: no route to host`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `dial tcp: lookup ${host}: no such host`;
    case 'ECONNRESET':
      return 'EOF';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `tls: failed to verify certificate: x509: ${otherNameText(error)}`;
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid';
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'EPROTO':
      return 'http: server gave HTTP response to HTTPS client';
    default:
      return /CERT|SELF_SIGNED|ISSUER|VERIFY/.test(code)
        ? 'tls: failed to verify certificate: x509: certificate signed by unknown authority'
        : message;
  }
}

/** The certificate is for others. */
function otherNameText(error: unknown): string {
  const { host = '', cert } = error as { readonly host?: string; readonly cert?: { readonly subjectaltname?: string } };
  const names = (cert?.subjectaltname ?? '').split(', ').filter((name) => name !== '');
  const values = (kind: string): string[] =>
    names.filter((name) => name.startsWith(kind)).map((name) => name.slice(kind.length));
  const isAddress = /^[\d.]+$|:/.test(host);
  const good = isAddress ? values('IP Address:') : values('DNS:');
  if (isAddress && good.length === 0) {
    return `cannot validate certificate for ${host} because it doesn't contain any IP SANs`;
  }
  if (good.length === 0) return `certificate is not valid for any names, but wanted to match ${host}`;
  return `certificate is valid for ${good.join(', ')}, not ${host}`;
}

const texts: Readonly<Record<number, string>> = {
  400: 'the server rejected our request for an unknown reason',
  401: 'the server has asked for the client to provide credentials',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  409: 'the server reported a conflict',
  422: 'the server rejected our request due to an error in our request',
  429: 'the server has received too many requests and has asked us to try again later',
  503: 'the server is currently unable to handle the request',
  504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
};

/** An answer with a status that says failure: a Status speaks for itself, others are told by their code. */
export function responseText(status: number, contentType: string, body: string): string {
  const said = statusMessage(body);
  if (said !== undefined) return said;
  const isText = contentType === '' || contentType.startsWith('text/');
  const text = isText ? body.trim() : 'unknown';
  const known = texts[status];
  if (known !== undefined) return known;
  if (status === 403) return text;
  if (status === 406 || status === 415) {
    return text === '' || text === 'unknown'
      ? 'the server was unable to respond with a content type that the client supports'
      : text;
  }
  if (status >= 500) {
    return `an error on the server (${JSON.stringify(text)}) has prevented the request from succeeding`;
  }
  return `the server responded with the status code ${status} but did not return more information`;
}

function statusMessage(body: string): string | undefined {
  try {
    const value = JSON.parse(body) as unknown;
    if (!isJsonObject(value) || value['kind'] !== 'Status' || value['status'] !== 'Failure') return undefined;
    return typeof value['message'] === 'string' ? value['message'] : '';
  } catch {
    return undefined; // not JSON: the status code says what there is to say
  }
}
