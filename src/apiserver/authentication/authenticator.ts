/** Authentication: who is asking? Each way looks at the credentials it knows and leaves the rest to the next. */
import type { X509Certificate } from 'node:crypto';
import type { User } from '../user.ts';

export interface Credentials {
  /** The client's certificate, verified against the client CA by TLS. */
  readonly certificate: X509Certificate | undefined;
  /** What stands behind `Bearer ` in the Authorization header. */
  readonly bearerToken: string | undefined;
}

export interface Authenticator {
  /** Undefined = not mine. Rejects when the credential is mine and wrong. */
  authenticate(credentials: Credentials): Promise<User | undefined>;
}

/** Certificates: the common name is the user, organisations are groups. */
export const certificateAuthenticator: Authenticator = {
  async authenticate({ certificate }) {
    if (certificate === undefined) return undefined;
    const names = certificate.subject.split('\n').map((part) => {
      const equals = part.indexOf('=');
      return [part.slice(0, equals), part.slice(equals + 1)] as const;
    });
    const name = names.find(([key]) => key === 'CN')?.[1];
    if (name === undefined || name === '') return undefined;
    return { name, groups: names.filter(([key]) => key === 'O').map(([, value]) => value) };
  },
};
