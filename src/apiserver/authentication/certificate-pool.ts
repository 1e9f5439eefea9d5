/** A file of certificate authorities, which may be replaced while the server runs. */
import { X509Certificate } from 'node:crypto';

/** @throws Error when the text holds no certificate, or one that cannot be read. */
export function readCertificates(pem: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new RangeError('There is no certificate in it');
  return blocks.map((block) => new X509Certificate(block));
}

/** The certificates of the current text, read anew only when it has changed. '' = none. */
export function certificatePool(text: () => string): () => readonly X509Certificate[] {
  let last = '';
  let certificates: readonly X509Certificate[] = [];
  return () => {
    const current = text();
    if (current !== last) {
      certificates = current === '' ? [] : readCertificates(current);
      last = current;
    }
    return certificates;
  };
}
