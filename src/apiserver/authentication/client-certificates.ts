/**
 * Client certificates: the common name is the user, organizations are groups, and a certificate may carry the user's uid
 * (KEP 5018). TLS checked the chain when the connection was made, against all authorities that the listener knows; which of
 * them it ends at, and whether it is still valid, is checked here for every request.
 */
import type { X509Certificate } from 'node:crypto';
import { readElements, type Element } from '../../base/der.ts';
import type { User } from '../user.ts';
import { TokenError, type Authenticator, type PresentedCertificate } from './authenticator.ts';

const commonNameId = '550403';
const organizationId = '55040a';
/** 1.3.6.1.4.1.57683.2 */
const uidId = '2b0601040183c25302';

/** `authorities`: read anew for each request, because their file may be replaced; `used`: told how long a good one lasts. */
export function createCertificateAuthenticator(
  authorities: () => readonly X509Certificate[],
  now: () => number,
  used: (secondsLeft: number) => void = () => undefined,
): Authenticator {
  const users = new WeakMap<X509Certificate, User | undefined>();
  return {
    authenticate({ certificate }) {
      if (certificate === undefined || authorities().length === 0) return undefined;
      checkCertificate(certificate, authorities(), now());
      const { leaf } = certificate;
      if (!users.has(leaf)) users.set(leaf, userOf(leaf));
      used((knownFacts(leaf).toMs - now()) / 1000);
      return users.get(leaf);
    },
  };
}

/** @throws TokenError unless the certificate comes from one of these authorities and is valid now. */
export function checkCertificate(
  { leaf, trusted }: PresentedCertificate,
  authorities: readonly X509Certificate[],
  nowMs: number,
): void {
  const fail = (why: string): TokenError =>
    new TokenError(`verifying certificate SN=${BigInt(`0x${leaf.serialNumber}`)} failed: x509: ${why}`);
  const { fromMs, toMs, endsAtAny } = knownFacts(leaf);
  if (nowMs < fromMs || nowMs > toMs) throw fail('certificate has expired or is not yet valid');
  if (!trusted || !endsAtAny(authorities)) throw fail('certificate signed by unknown authority');
}

interface Facts {
  readonly fromMs: number;
  readonly toMs: number;
  readonly endsAtAny: (authorities: readonly X509Certificate[]) => boolean;
}

/** Signatures cost more than all else of a request: they are checked once for a connection and a set of authorities. */
const facts = new WeakMap<X509Certificate, Facts>();

function knownFacts(leaf: X509Certificate): Facts {
  const known = facts.get(leaf);
  if (known !== undefined) return known;
  const outcomes = new WeakMap<readonly X509Certificate[], boolean>();
  const found: Facts = {
    fromMs: leaf.validFromDate.getTime(),
    toMs: leaf.validToDate.getTime(),
    endsAtAny(authorities) {
      const outcome = outcomes.get(authorities) ?? endsAt(leaf, authorities);
      outcomes.set(authorities, outcome);
      return outcome;
    },
  };
  facts.set(leaf, found);
  return found;
}

/** Follows the chain that the client sent, checking every signature on the way. */
function endsAt(leaf: X509Certificate, authorities: readonly X509Certificate[]): boolean {
  let current = leaf;
  for (let depth = 0; depth < 10; depth++) {
    if (authorities.some((authority) => current.checkIssued(authority) && current.verify(authority.publicKey))) {
      return true;
    }
    const next = current.issuerCertificate;
    if (next === undefined || !next.ca || next.fingerprint256 === current.fingerprint256) return false;
    if (!current.verify(next.publicKey)) return false;
    current = next;
  }
  return false;
}

export function commonNameOf(certificate: X509Certificate): string {
  return subjectOf(certificate).find(({ id }) => id === commonNameId)?.value ?? '';
}

function userOf(certificate: X509Certificate): User | undefined {
  const subject = subjectOf(certificate);
  const valuesOf = (wanted: string): string[] => subject.filter(({ id }) => id === wanted).map(({ value }) => value);
  // Of several common names Go keeps the last.
  const name = valuesOf(commonNameId).at(-1) ?? '';
  if (name === '') return undefined;
  const uids = valuesOf(uidId);
  if (uids.length > 1) throw new TokenError('unable to parse UID from certificate: expected 1 UID, but found multiple');
  if (uids[0] === '') throw new TokenError('unable to parse UID from certificate: UID cannot be an empty string');
  const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  return {
    name,
    groups: valuesOf(organizationId),
    ...(uids[0] === undefined ? {} : { uid: uids[0] }),
    extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprint}`] },
  };
}

interface Attribute {
  /** The object identifier's content in hexadecimal. */
  readonly id: string;
  readonly value: string;
}

/** Read from the bytes: the printed form cannot tell a line feed in a name from the next name. */
function subjectOf({ raw }: X509Certificate): readonly Attribute[] {
  const [whole] = readElements(raw);
  const body = inner(inner(whole)[0]);
  const versioned = body[0]?.tag === 0xa0 ? 1 : 0;
  return inner(body[versioned + 4])
    .flatMap(inner)
    .map((attribute) => {
      const [type, value] = inner(attribute);
      return { id: type?.content.toString('hex') ?? '', value: textOf(value) };
    });
}

const inner = (element: Element | undefined): readonly Element[] =>
  element === undefined ? [] : readElements(element.content);

const bmpString = 0x1e;
const teletexString = 0x14;

function textOf(element: Element | undefined): string {
  if (element === undefined) return '';
  const { tag, content } = element;
  if (tag === bmpString) return Buffer.from(content).swap16().toString('utf16le');
  return content.toString(tag === teletexString ? 'latin1' : 'utf8');
}
