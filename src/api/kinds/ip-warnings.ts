/** What is wrong with an address or a range that is stored all the same: others read it in another way. */
import { isIPv4, isIPv6 } from 'node:net';
import { isCidr } from '../names.ts';
import { addressBits, hasBitsBeyond, isMappedAddress } from './address-bits.ts';

export function addressWarnings(value: string, field: string): readonly string[] {
  const plain = plainAddress(value);
  if (plain === undefined) return [];
  if (plain !== value && isIPv4(plain)) {
    return [
      `${field}: non-standard IP address "${value}" will be considered invalid in a future Kubernetes release: use "${plain}"`,
    ];
  }
  return plain === value
    ? []
    : [`${field}: IPv6 address "${value}" should be in RFC 5952 canonical format ("${plain}")`];
}

export function rangeWarnings(value: string, field: string): readonly string[] {
  const [address = '', bits = ''] = value.split('/');
  const plain = plainAddress(address);
  const length = Number(bits);
  if (plain === undefined || !/^\d+$/.test(bits) || !isCidr(`${plain}/${length}`)) return [];
  const warnings: string[] = [];
  const size = plain.includes(':') ? 128 : 32;
  const network = `${maskedAddress(plain, length)}/${length}`;
  if (hasBitsBeyond(plain, length)) {
    warnings.push(
      `${field}: CIDR value "${value}" is ambiguous in this context (should be "${network}" or "${plain}/${size}"?)`,
    );
  }
  if (isIPv4(plain) && (plain !== address || String(length) !== bits)) {
    warnings.push(
      `${field}: non-standard CIDR value "${value}" will be considered invalid in a future Kubernetes release: use "${network}"`,
    );
  } else if (!isIPv4(plain) && `${plain}/${length}` !== value) {
    warnings.push(`${field}: IPv6 CIDR value "${value}" should be in RFC 5952 canonical format ("${plain}/${length}")`);
  }
  return warnings;
}

/** As it should be written; undefined: no address at all. */
export function plainAddress(value: string): string | undefined {
  if (isIPv6(value) && !value.includes('%')) {
    if (!isMappedAddress(value)) return canonicalV6(value);
    const bits = addressBits(value) & 0xffffffffn;
    return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 0xffn)).join('.');
  }
  const unpadded = value.replace(/(^|\.)0+(?=\d)/g, '$1');
  return isIPv4(unpadded) ? unpadded : undefined;
}

function canonicalV6(value: string): string {
  return new URL(`http://[${value}]/`).hostname.slice(1, -1);
}

function maskedAddress(plain: string, length: number): string {
  const size = plain.includes(':') ? 128 : 32;
  const rest = BigInt(size - length);
  const bits = (addressBits(plain) >> rest) << rest;
  if (size === 32) return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 0xffn)).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((bits >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  return canonicalV6(groups.join(':'));
}
