/** Who may talk to a kubelet: the API server and administrators, shown by a certificate of the cluster's authority. Nobody else. */
import type { TLSSocket } from 'node:tls';

export type Refusal = { readonly status: 401 | 403; readonly message: string };

const administrators = 'system:masters';
const apiServer = 'kube-apiserver-kubelet-client';

/** Undefined: let in. The certificate itself was verified by the TLS layer. */
export function refuseClient(socket: TLSSocket): Refusal | undefined {
  const certificate = socket.getPeerCertificate();
  const subject = certificate.subject as NodeJS.Dict<string | string[]> | undefined;
  if (!socket.authorized || subject === undefined) return { status: 401, message: 'Unauthorized' };
  const values = (value: string | string[] | undefined): readonly string[] =>
    value === undefined ? [] : [value].flat();
  const user = values(subject['CN'])[0] ?? '';
  if (values(subject['O']).includes(administrators) || user === apiServer) return undefined;
  return { status: 403, message: `Forbidden (user=${user}, verb=*, resource=nodes, subresource(s)=[proxy])` };
}
