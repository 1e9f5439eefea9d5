/** What Kubernetes' own client says of an answer that is a failure: the server's message, or words for the bare code. */
const wordsOf: Readonly<Record<number, string>> = {
  401: 'the server has asked for the client to provide credentials',
  403: 'the server does not allow this method on the requested resource',
  404: 'the server could not find the requested resource',
  429: 'the server has received too many requests and has asked us to try again later',
  500: 'an error on the server has prevented the request from succeeding',
  503: 'the server is currently unable to handle the request',
  504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
};

export interface AskedFor {
  /** `pods.metrics.k8s.io` */
  readonly of: string;
  readonly name?: string | undefined;
}

/** `body`: a Status, or whatever a server in between wrote. */
export function failureText(code: number, body: Uint8Array, { of, name }: AskedFor): string {
  const message = messageOf(new TextDecoder().decode(body));
  if (message !== undefined) return message;
  const words =
    wordsOf[code] ?? `the server responded with the status code ${code} but did not return more information`;
  return `${words} (get ${of}${name === undefined || name === '*' ? '' : ` ${name}`})`;
}

function messageOf(text: string): string | undefined {
  if (!text.startsWith('{')) return undefined;
  const { kind, message } = JSON.parse(text) as { readonly kind?: unknown; readonly message?: unknown };
  return kind === 'Status' && typeof message === 'string' && message !== '' ? message : undefined;
}
