/**
 * CertificateApproval, CertificateSigning, CertificateSubjectRestriction: who approves or signs a certificate request must
 * be allowed to do so for its signer, and no client certificate is asked for in the name of system:masters.
 */
import { samePlain } from '../../api/equality.ts';
import type { CertificateSigningRequest } from '../../api/groups/certificates.v1.ts';
import { CertificateSigningRequests } from '../../api/resources.ts';
import { readElements, type Element } from '../../base/der.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { AdmissionPlugin, Admitted } from './admission.ts';
import { objectOf, refusal } from './refusal.ts';

const clientSigner = 'kubernetes.io/kube-apiserver-client';
const organizationName = Buffer.of(0x55, 0x04, 0x0a);
const commonName = Buffer.of(0x55, 0x04, 0x03);
const mastersGroup = 'system:masters';

export function createCertificateApproval(authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'CertificateApproval',
    about: [CertificateSigningRequests],
    async validate(request) {
      if (!isUpdateOf(request, 'approval')) return;
      const { signerName } = (request.old as unknown as CertificateSigningRequest).spec;
      if (await mayForSigner(authorizer, request, 'approve', signerName)) return;
      throw refusal(request, `user not permitted to approve requests with signerName ${JSON.stringify(signerName)}`);
    },
  };
}

export function createCertificateSigning(authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'CertificateSigning',
    about: [CertificateSigningRequests],
    async validate(request) {
      if (!isUpdateOf(request, 'status')) return;
      const old = request.old as unknown as CertificateSigningRequest;
      const { status } = request.object as unknown as CertificateSigningRequest;
      const same = status.certificate === old.status.certificate;
      if (same && samePlain(status.conditions ?? [], old.status.conditions ?? [])) return;
      const { signerName } = old.spec;
      if (await mayForSigner(authorizer, request, 'sign', signerName)) return;
      throw refusal(request, `user not permitted to sign requests with signerName ${JSON.stringify(signerName)}`);
    },
  };
}

export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  about: [CertificateSigningRequests],
  validate(request) {
    const asked = objectOf<CertificateSigningRequest>(request, CertificateSigningRequests, 'CREATE');
    if (asked?.spec.signerName !== clientSigner) return;
    const named = subjectOf(asked.spec.request)?.organizations;
    if (named === undefined) throw refusal(request, 'failed to parse CSR: PEM block type must be CERTIFICATE REQUEST');
    if (!named.includes(mastersGroup)) return;
    throw refusal(request, `use of ${clientSigner} signer with ${mastersGroup} group is not allowed`);
  },
};

const isUpdateOf = ({ served, subresource, operation }: Admitted, wanted: string): boolean =>
  served.resource === CertificateSigningRequests && subresource === wanted && operation === 'UPDATE';

/** For the signer by its name, or for all of its domain. */
async function mayForSigner(
  authorizer: Authorizer,
  { user }: Admitted,
  verb: string,
  signerName: string,
): Promise<boolean> {
  const domain = `${signerName.split('/')[0]}/*`;
  for (const name of [signerName, domain]) {
    const resource = {
      group: 'certificates.k8s.io',
      version: '*',
      resource: 'signers',
      subresource: '',
      namespace: '',
    };
    const decision = await authorizer.decide({ user, verb, path: '', resource: { ...resource, name } });
    if (decision?.allowed === true) return true;
  }
  return false;
}

/** Whom a request for a certificate is about. */
export interface Subject {
  readonly organizations: readonly string[];
  /** The last one; '' without. */
  readonly commonName: string;
}

/** The subject of a PKCS #10 request (RFC 2986), given as base64 of PEM; undefined when it is none. */
export function subjectOf(request: string): Subject | undefined {
  const pem = Buffer.from(request, 'base64').toString('latin1');
  const body = /-----BEGIN CERTIFICATE REQUEST-----([^-]+)-----END/.exec(pem)?.[1];
  if (body === undefined) return undefined;
  const inner = (element: Element | undefined): readonly Element[] =>
    element === undefined ? [] : readElements(element.content);
  try {
    const [whole] = readElements(Buffer.from(body, 'base64'));
    const [info] = inner(whole);
    const attributes = inner(inner(info)[1]).flatMap(inner).map(inner);
    const named = (name: Buffer): string[] =>
      attributes.flatMap(([type, value]) =>
        type !== undefined && name.equals(type.content) && value !== undefined ? [value.content.toString('utf8')] : [],
      );
    return { organizations: named(organizationName), commonName: named(commonName).at(-1) ?? '' };
  } catch {
    return undefined;
  }
}
