/** Addresses and ranges, in the one way in which they may be written. */
import { isIPv4, isIPv6 } from 'node:net';
import { invalid, type FieldError } from '../field-error.ts';
import { cidrErrors, isCidr } from '../names.ts';
import { addressBits, hasBitsBeyond, isMappedAddress } from './address-bits.ts';
import { plainAddress } from './ip-warnings.ts';

/** Syntax of addresses and ranges that an object already holds is left alone when it is updated. */
export type KeptValues = ReadonlySet<string>;

export const nothingKept: KeptValues = new Set();

const ipText = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

export function ipErrors(value: string, field: string, kept = nothingKept): readonly FieldError[] {
  if (kept.has(value)) return [];
  return ipTexts(value).map((text) => invalid(field, value, text));
}

function ipTexts(value: string): readonly string[] {
  if (isIPv4(value)) return [];
  if (isIPv6(value)) {
    if (value.includes('%')) return [ipText];
    return isMappedAddress(value) ? ['must not be an IPv4-mapped IPv6 address'] : [];
  }
  return isIPv4(unpadded(value)) ? ['must not have leading 0s'] : [ipText];
}

const isUnspecified = (value: string): boolean => addressBits(value) === 0n;
const isLoopback = (value: string): boolean => value.includes(':') && addressBits(value) === 1n;

/** An address in whatever notation, such as with leading zeros, that is refused elsewhere. */
export function isAnyAddress(value: string): boolean {
  return isIPv4(unpadded(value)) || (isIPv6(value) && !value.includes('%'));
}

function unpadded(value: string): string {
  return value
    .split('.')
    .map((part) => (/^0\d+$/.test(part) ? String(Number(part)) : part))
    .join('.');
}

/** An address and the length of its prefix; no bit of the address may be set beyond it. */
export function rangeErrorsOf(value: string, field: string, kept = nothingKept): readonly FieldError[] {
  if (kept.has(value)) return [];
  const [address = '', bits = '', ...rest] = value.split('/');
  const number = Number(bits);
  if (rest.length > 0 || !/^\d+$/.test(bits) || !isCidr(`${unpadded(address)}/${number}`)) {
    return cidrErrors(value).map((text) => invalid(field, value, text));
  }
  if (unpadded(address) !== address || String(number) !== bits) {
    return [invalid(field, value, 'must not have leading 0s in IP or prefix length')];
  }
  if (isMappedAddress(address)) return [invalid(field, value, 'must not have an IPv4-mapped IPv6 address')];
  return hasBitsBeyond(address, number)
    ? [invalid(field, value, 'must not have bits set beyond the prefix length')]
    : [];
}

/** Addresses that name no host of the network: loopback, link-local, multicast, unspecified. */
export function specialAddressErrors(value: string, field: string): readonly FieldError[] {
  const errors = ipErrors(value, field);
  if (errors.length > 0) return errors;
  const text = value.toLowerCase();
  const details: readonly (readonly [boolean, string])[] = [
    [isUnspecified(text), `may not be unspecified (${value})`],
    [text.startsWith('127.') || isLoopback(text), 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
    [
      text.startsWith('169.254.') || /^fe[89ab]/.test(text),
      'may not be in the link-local range (169.254.0.0/16, fe80::/10)',
    ],
    [
      text.startsWith('224.0.0.') || /^ff[0-9a-f]2:/.test(text),
      'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
    ],
  ];
  return details.filter(([holds]) => holds).map(([, detail]) => invalid(field, value, detail));
}

/** The address of an interface with the length of its network's prefix, such as `192.168.1.5/24`. */
export function interfaceAddressErrors(value: string, field: string): readonly FieldError[] {
  const [address = '', bits = '', ...rest] = value.split('/');
  const number = Number(bits);
  const plain = plainAddress(address);
  if (plain === undefined || rest.length > 0 || !/^\d+$/.test(bits) || !isCidr(`${unpadded(address)}/${number}`)) {
    return [invalid(field, value, 'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)')];
  }
  const canonical = `${plain}/${isMappedAddress(address) && number > 32 ? number - 96 : number}`;
  return value === canonical ? [] : [invalid(field, value, `must be in canonical form (${JSON.stringify(canonical)})`)];
}
