/** Requests for certificates: what is asked, and what is said of it. */
import { X509Certificate } from 'node:crypto';
import { duplicate, forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import { samePlain } from '../../equality.ts';
import type { CertificateSigningRequest } from '../../groups/certificates.v1.ts';
import { dnsSubdomainErrors } from '../../name-rules.ts';
import { repeats } from '../../repeats.ts';

type Condition = NonNullable<CertificateSigningRequest['status']['conditions']>[number];

const usages = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];
const minSeconds = 600;
const maxSignerLength = 571;

export function requestErrors(request: CertificateSigningRequest): readonly FieldError[] {
  return contentErrors(request, false);
}

/** `anyCertificate`: what was issued need not be readable, for it was not before. */
function contentErrors({ spec, status }: CertificateSigningRequest, anyCertificate: boolean): readonly FieldError[] {
  const errors: FieldError[] = [...requestBlockErrors(spec.request)];
  const given = spec.usages ?? [];
  if (given.length === 0) errors.push(requiredField('spec.usages'));
  for (const [index, usage] of given.entries()) {
    if (!usages.includes(usage)) errors.push(notSupported(`spec.usages[${index}]`, usage, usages));
  }
  for (const index of repeats(given)) errors.push(duplicate(`spec.usages[${index}]`, given[index]));
  errors.push(...signerErrors(spec.signerName, 'spec.signerName'));
  if (spec.expirationSeconds != null && spec.expirationSeconds < minSeconds) {
    const detail = `may not specify a duration less than ${minSeconds} seconds (10 minutes)`;
    errors.push(invalid('spec.expirationSeconds', spec.expirationSeconds, detail));
  }
  errors.push(...conditionsErrors(status?.conditions ?? []));
  const problem = anyCertificate ? undefined : certificateProblem(status?.certificate ?? '');
  if (problem !== undefined) errors.push(invalid('status.certificate', '<certificate data>', problem));
  return errors;
}

export function requestUpdateErrors(
  request: CertificateSigningRequest,
  old: CertificateSigningRequest,
  { subresource }: { readonly subresource: string },
): readonly FieldError[] {
  const unreadable = certificateProblem(old.status.certificate ?? '') !== undefined;
  const errors = [...contentErrors(request, unreadable)];
  errors.push(...removalErrors(request, old, subresource));
  const before = old.status.certificate ?? '';
  const after = request.status.certificate ?? '';
  if (before !== after && subresource !== 'status') {
    errors.push(forbidden('status.certificate', 'updates may not set certificate content'));
  } else if (before !== '' && before !== after) {
    errors.push(forbidden('status.certificate', 'updates may not modify existing certificate content'));
  }
  return errors;
}

function requestBlockErrors(request: string | undefined): readonly FieldError[] {
  const field = 'spec.request';
  const text = Buffer.from(request ?? '', 'base64').toString('latin1');
  const match = /-----BEGIN ([^-]+)-----\s*([A-Za-z0-9+/=\s]*)-----END \1-----/.exec(text);
  return match?.[1] === 'CERTIFICATE REQUEST'
    ? []
    : [invalid(field, request || null, 'PEM block type must be CERTIFICATE REQUEST')];
}

/** Why what was issued is no chain of certificates; undefined: it is one, or nothing was issued. */
function certificateProblem(certificate: string): string | undefined {
  if (certificate === '') return undefined;
  const text = Buffer.from(certificate, 'base64').toString('latin1');
  const blocks = [...text.matchAll(/-----BEGIN ([^-]+)-----([^]*?)-----END \1-----/g)];
  if (blocks.length === 0) return 'must contain at least one CERTIFICATE PEM block';
  for (const [, type = '', body = ''] of blocks) {
    if (type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(type)}`;
    if (body.includes(':')) return 'no PEM block headers are permitted';
    if (!isCertificate(Buffer.from(body, 'base64'))) return 'x509: malformed certificate';
  }
  return undefined;
}

function isCertificate(bytes: Buffer): boolean {
  try {
    return new X509Certificate(bytes).raw.length > 0;
  } catch {
    return false;
  }
}

/** `example.com/serving`: a domain and a path of labels. */
function signerErrors(name: string | undefined, field: string): readonly FieldError[] {
  if (!name) return [requiredField(field)];
  const segments = name.split('/');
  if (segments.length !== 2) {
    return [invalid(field, name, 'must be a fully qualified domain and path of the form "example.com/signer-name"')];
  }
  const [domain = '', path = ''] = segments;
  const errors: FieldError[] = [];
  if (domain.split('.').length < 2) {
    errors.push(invalid(field, domain, 'should be a domain with at least two segments separated by dots'));
  }
  errors.push(...dnsSubdomainErrors(domain).map((text) => invalid(field, domain, text)));
  errors.push(...dnsSubdomainErrors(path).map((text) => invalid(field, path, text)));
  if (name.length > maxSignerLength) {
    errors.push({
      type: 'FieldValueTooLong',
      field,
      message: `Too long: may not be more than ${maxSignerLength} bytes`,
    });
  }
  return errors;
}

function conditionsErrors(conditions: readonly Condition[]): readonly FieldError[] {
  const field = 'status.conditions';
  const errors: FieldError[] = [];
  for (const [index, { type, status }] of conditions.entries()) {
    const item = `${field}[${index}]`;
    const known = ['Approved', 'Denied', 'Failed'].includes(type);
    const values = ['False', 'True', 'Unknown'];
    if (type === '') errors.push(requiredField(`${item}.type`));
    if (!status) errors.push(requiredField(`${item}.status`));
    else if (known && status !== 'True') errors.push(notSupported(`${item}.status`, status, ['True']));
    else if (!known && !values.includes(status)) errors.push(notSupported(`${item}.status`, status, values));
    if (conditions.findIndex((each) => each.type === type) < index) errors.push(duplicate(`${item}.type`, type));
  }
  const verdicts = conditions.map(({ type }) => type).filter((type) => type === 'Approved' || type === 'Denied');
  const other = verdicts.find((type) => type !== verdicts[0]);
  if (other !== undefined) {
    errors.push(invalid(field, other, 'Approved and Denied conditions are mutually exclusive'));
  }
  return errors;
}

/** A verdict stands; other conditions may go with a write of the status. */
function removalErrors(
  request: CertificateSigningRequest,
  old: CertificateSigningRequest,
  subresource: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const count = (all: readonly Condition[] | undefined, wanted: string): readonly Condition[] =>
    (all ?? []).filter(({ type }) => type === wanted);
  for (const type of ['Approved', 'Denied', 'Failed']) {
    const before = count(old.status.conditions, type);
    const after = count(request.status.conditions, type);
    if (after.length < before.length) {
      errors.push(forbidden('status.conditions', `updates may not remove a condition of type ${JSON.stringify(type)}`));
    } else if (type !== 'Failed' && subresource !== 'approval' && !samePlain(before, after)) {
      const what = before.length === after.length ? 'modify' : 'add';
      errors.push(
        forbidden('status.conditions', `updates may not ${what} a condition of type ${JSON.stringify(type)}`),
      );
    }
  }
  return errors;
}
