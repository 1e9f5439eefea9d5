/** What a client should know about a certificate that cannot work: the server stores it all the same. The words are Go's. */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';

interface Block {
  readonly type: string;
  readonly der: Buffer;
}

/** `data`: base64 texts by key. */
export function certificateWarnings(data: Readonly<Record<string, string>>): readonly string[] {
  const problem = pairProblem(blocksOf(data['tls.crt']), blocksOf(data['tls.key']));
  return problem === undefined ? [] : [problem];
}

function pairProblem(certificates: readonly Block[], keys: readonly Block[]): string | undefined {
  const certificate = certificates.find(({ type }) => type === 'CERTIFICATE');
  if (certificate === undefined) return missingCertificate(certificates.map(({ type }) => type));
  const key = keys.find(({ type }) => isKeyType(type));
  if (key === undefined) return missingKey(keys.map(({ type }) => type));
  const parsed = read(() => new X509Certificate(certificate.der));
  if (parsed === undefined) return 'x509: malformed certificate';
  const privateKey = privateKeyOf(key.der);
  if (privateKey === undefined) return 'tls: failed to parse private key';
  if (parsed.publicKey.asymmetricKeyType !== privateKey.asymmetricKeyType) {
    return 'tls: private key type does not match public key type';
  }
  return parsed.checkPrivateKey(privateKey) ? undefined : 'tls: private key does not match public key';
}

function missingCertificate(found: readonly string[]): string {
  const failed = 'tls: failed to find';
  if (found.length === 0) return `${failed} any PEM data in certificate input`;
  if (found.length === 1 && found[0]?.endsWith('PRIVATE KEY') === true) {
    const advice = 'PEM inputs may have been switched';
    return `${failed} certificate PEM data in certificate input, but did find a private key; ${advice}`;
  }
  return `${failed} "CERTIFICATE" PEM block in certificate input after ${skipped(found)}`;
}

function missingKey(found: readonly string[]): string {
  if (found.length === 0) return 'tls: failed to find any PEM data in key input';
  if (found.length === 1 && found[0] === 'CERTIFICATE') {
    return 'tls: found a certificate rather than a key in the PEM for the private key';
  }
  return `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after ${skipped(found)}`;
}

const skipped = (types: readonly string[]): string =>
  `skipping PEM blocks of the following types: [${types.join(' ')}]`;

const isKeyType = (type: string): boolean => type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY');

/** Blocks whose content is no base64 are passed over. */
function blocksOf(encoded = ''): readonly Block[] {
  const text = Buffer.from(encoded, 'base64').toString();
  return [...text.matchAll(/^-----BEGIN ([^\n]*?)-----[ \t\r]*\n([^-]*)-----END \1-----/gm)].flatMap(
    ([, type = '', body = '']) => {
      const base64 = body.replaceAll(/\s/g, '');
      return /^[A-Za-z0-9+/]*={0,2}$/.test(base64) && base64.length % 4 === 0
        ? [{ type, der: Buffer.from(base64, 'base64') }]
        : [];
    },
  );
}

/** The label does not say which of the three forms it is. */
function privateKeyOf(key: Buffer): KeyObject | undefined {
  for (const type of ['pkcs1', 'pkcs8', 'sec1'] as const) {
    const found = read(() => createPrivateKey({ key, format: 'der', type }));
    if (found !== undefined) return found;
  }
  return undefined;
}

function read<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
