/** Addresses and ranges, in the one way in which they may be written. */
import { isIPv4, isIPv6 } from 'node:net';
import { invalid, type FieldError } from '../field-error.ts';
import { cidrErrors } from '../names.ts';

const ipText = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

export function ipErrors(value: string, field: string): readonly FieldError[] {
  if (isIPv4(value) || isIPv6(value)) return [];
  const padded =
    /^\d+\.\d+\.\d+\.\d+$/.test(value) && value.split('.').some((part) => part.length > 1 && part[0] === '0');
  return [invalid(field, value, padded ? 'must not have leading 0s' : ipText)];
}

export function rangeErrorsOf(value: string, field: string): readonly FieldError[] {
  return cidrErrors(value).map((text) => invalid(field, value, text));
}

/** Addresses that name no host of the network: loopback, link-local, multicast, unspecified. */
export function specialAddressErrors(value: string, field: string): readonly FieldError[] {
  const errors = ipErrors(value, field);
  if (errors.length > 0) return errors;
  const text = value.toLowerCase();
  const details: readonly (readonly [boolean, string])[] = [
    [text === '0.0.0.0' || text === '::', 'may not be unspecified (0.0.0.0 or ::)'],
    [text.startsWith('127.') || text === '::1', 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
    [
      text.startsWith('169.254.') || /^fe[89ab]/.test(text),
      'may not be in the link-local range (169.254.0.0/16, fe80::/10)',
    ],
    [
      text.startsWith('224.0.0.') || text.startsWith('ff02:'),
      'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
    ],
  ];
  return details.filter(([holds]) => holds).map(([, detail]) => invalid(field, value, detail));
}
