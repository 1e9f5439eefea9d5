/** What a kubelet may ask to be certified: the same rules decide who is approved by itself and what is signed. */
import type { SigningRequest } from '../../base/certificate-request.ts';

export const kubeletClientSigner = 'kubernetes.io/kube-apiserver-client-kubelet';
export const kubeletServingSigner = 'kubernetes.io/kubelet-serving';

const nodesGroup = 'system:nodes';
const nodePrefix = 'system:node:';
const clientUsages = ['client auth', 'digital signature', 'key encipherment'];
const servingUsages = ['digital signature', 'key encipherment', 'server auth'];

/** In Kubernetes' words; undefined when it may be signed. */
export function kubeletClientFault(request: SigningRequest, usages: readonly string[]): string | undefined {
  const { dnsNames, emails, addresses, uris, commonName } = request;
  if (!isOfNodes(request)) return 'subject organization is not system:nodes';
  if (dnsNames.length > 0) return 'DNS subjectAltNames are not allowed';
  if (emails.length > 0) return 'Email subjectAltNames are not allowed';
  if (addresses.length > 0) return 'IP subjectAltNames are not allowed';
  if (uris.length > 0) return 'URI subjectAltNames are not allowed';
  if (!commonName.startsWith(nodePrefix)) return `subject common name does not begin with ${nodePrefix}`;
  return usagesFault(usages, clientUsages);
}

export function kubeletServingFault(request: SigningRequest, usages: readonly string[]): string | undefined {
  const { dnsNames, emails, addresses, uris, commonName } = request;
  if (!isOfNodes(request)) return 'subject organization is not system:nodes';
  if (dnsNames.length === 0 && addresses.length === 0) return 'DNS or IP subjectAltName is required';
  if (emails.length > 0) return 'Email subjectAltNames are not allowed';
  if (uris.length > 0) return 'URI subjectAltNames are not allowed';
  const fault = usagesFault(usages, servingUsages);
  if (fault !== undefined) return fault;
  return commonName.startsWith(nodePrefix) ? undefined : `subject common name does not begin with ${nodePrefix}`;
}

const isOfNodes = ({ organizations }: SigningRequest): boolean =>
  organizations.length === 1 && organizations[0] === nodesGroup;

/** Keys that cannot encipher (all but RSA) need not say that they do. */
function usagesFault(usages: readonly string[], wanted: readonly string[]): string | undefined {
  const asked = new Set(usages);
  const fits = (all: readonly string[]): boolean => asked.size === all.length && all.every((each) => asked.has(each));
  if (fits(wanted) || fits(wanted.filter((each) => each !== 'key encipherment'))) return undefined;
  return `usages did not match [${wanted.join(' ')}]`;
}
