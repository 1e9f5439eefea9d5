/** IP addresses as DNS spells them. */
import { isIP } from 'node:net';

export function addressFamily(ip: string): 4 | 6 | undefined {
  const family = isIP(ip);
  return family === 4 || family === 6 ? family : undefined;
}

/** The address that a name below in-addr.arpa or ip6.arpa stands for. */
export function addressOfReverseName(name: string): string | undefined {
  const v4 = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa$/.exec(name);
  if (v4 !== null) {
    const ip = v4.slice(1).toReversed().join('.');
    return isIP(ip) === 4 ? ip : undefined;
  }
  if (!/^([0-9a-f]\.){32}ip6\.arpa$/.test(name)) return undefined;
  const digits = name.slice(0, 63).split('.').toReversed().join('');
  return compressed(digits.match(/.{4}/g) ?? []);
}

/** As Kubernetes writes IPv6 addresses: the longest run of zeros left out, no leading zeros. */
function compressed(groups: readonly string[]): string {
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
