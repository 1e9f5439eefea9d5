/** Who a client says it is in each request; certificates are presented with the connection instead. */
import { readFile } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';

/** The value of the Authorization header. */
export interface Credential {
  /** `rejected`: the server did not take the last one. */
  authorization(rejected: boolean): Promise<string | undefined>;
}

export function tokenCredential(token: string): Credential {
  return { authorization: async () => `Bearer ${token}` };
}

export function basicCredential(username: string, password: string): Credential {
  const encoded = Buffer.from(`${username}:${password}`).toString('base64');
  return { authorization: async () => `Basic ${encoded}` };
}

/** Tokens of pods are renewed in place well before they expire: the file is read again after a minute. */
const tokenFileMs = 60_000;

export function tokenFileCredential(path: string, clock: Clock): Credential {
  let token = '';
  let readAgainMs = -Infinity;
  return {
    async authorization(rejected) {
      if (rejected || clock.now() >= readAgainMs) {
        token = (await readFile(path, 'utf8')).trim();
        readAgainMs = clock.now() + tokenFileMs;
      }
      return `Bearer ${token}`;
    },
  };
}
