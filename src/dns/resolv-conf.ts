/**
 * Where to send what is not the cluster's: the resolvers of the host.
 * A loopback stub (systemd-resolved's 127.0.0.53) is passed over for the servers that it would ask itself.
 */
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';

export interface Upstream {
  readonly address: string;
  readonly port: number;
}

const files = ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf'];
const stub = '127.0.0.53';

/** Resolvers of the host, as many as the C library would use; none on a host without any. */
export async function hostUpstreams(paths: readonly string[] = files): Promise<readonly Upstream[]> {
  for (const path of paths) {
    const found = parseNameservers(await readFile(path, 'utf8').catch(() => ''));
    if (found.length > 0 && !found.includes(stub)) return found.map((address) => ({ address, port: 53 }));
  }
  return [];
}

export function parseNameservers(text: string): readonly string[] {
  const found = text.split('\n').flatMap((line) => {
    const address = /^\s*nameserver\s+(\S+)/.exec(line)?.[1];
    return address === undefined || isIP(address) === 0 ? [] : [address];
  });
  return found.slice(0, 3);
}
