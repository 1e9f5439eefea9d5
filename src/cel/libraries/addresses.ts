/** IP addresses and networks. https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-ip-address-library */
import { global, method, type Overload } from '../function.ts';
import { addressProblem, networkProblem } from './address-problem.ts';
import { opaqueType } from '../type.ts';
import { fail, type ExtensionValue } from '../value.ts';

/** 4 or 16 bytes. */
type Address = Uint8Array;

interface Network {
  readonly address: Address;
  readonly bits: number;
}

const addressType = opaqueType('net.IP');
const networkType = opaqueType('net.CIDR');

const same = (a: Address, b: Address): boolean => Buffer.compare(a, b) === 0;

function addressValue(address: Address): ExtensionValue {
  const equals = (other: unknown): boolean => same(address, other as Address);
  return { kind: 'extension', type: addressType, data: address, equals, size: address.length };
}

function networkValue(network: Network): ExtensionValue {
  const { address, bits } = network;
  const equals = (other: unknown): boolean =>
    same(address, (other as Network).address) && bits === (other as Network).bits;
  return { kind: 'extension', type: networkType, data: network, equals, size: Math.ceil(bits / 8) };
}

/** The bytes, or why it is no address. */
function parseAddress(text: string): Address | string {
  const shown = JSON.stringify(text);
  const problem = addressProblem(text);
  if (problem !== undefined) return `IP Address ${shown} parse error during conversion from string: ${problem}`;
  if (!text.includes(':')) return Uint8Array.from(text.split('.').map(Number));
  if (text.includes('%')) return `IP address ${shown} with zone value is not allowed`;
  const bytes = parseIPv6(text);
  const mapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  return mapped ? `IPv4-mapped IPv6 address ${shown} is not allowed` : bytes;
}

function parseIPv6(text: string): Address {
  const [head = '', tail] = text.split('::').map((part) => (part === '' ? [] : part.split(':').flatMap(groupBytes)));
  const before = head === '' ? [] : head;
  const after = tail ?? [];
  return Uint8Array.from([...before, ...Array<number>(16 - before.length - after.length).fill(0), ...after]);
}

function groupBytes(group: string): readonly number[] {
  if (group.includes('.')) return group.split('.').map(Number);
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 0xff];
}

/** The canonical text: the longest run of zero groups left out. */
function formatAddress(address: Address): string {
  if (address.length === 4) return address.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((address[2 * i] ?? 0) << 8) | (address[2 * i + 1] ?? 0));
  let [start, length] = [-1, 1];
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > length) [start, length] = [i, end - i];
  }
  const hex = groups.map((group) => group.toString(16));
  return start < 0 ? hex.join(':') : `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

const addressOf = (text: string): Address => {
  const parsed = parseAddress(text);
  return typeof parsed === 'string' ? fail(parsed) : parsed;
};

const wrongNetwork = 'network address parse error during conversion from string: ';

/** The network, or why it is none. */
function parseNetwork(text: string): Network | string {
  const problem = networkProblem(text);
  if (problem !== undefined) return `${wrongNetwork}${problem}`;
  const slash = text.lastIndexOf('/');
  const address = parseAddress(text.slice(0, slash));
  if (typeof address !== 'string') return { address, bits: Number(text.slice(slash + 1)) };
  return `IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`;
}

function networkOf(text: string): Network {
  const parsed = parseNetwork(text);
  return typeof parsed === 'string' ? fail(`${wrongNetwork}${parsed}`) : parsed;
}

function mask(address: Address, bits: number): Address {
  return address.map((byte, i) => {
    const kept = Math.min(Math.max(bits - 8 * i, 0), 8);
    return byte & (0xff << (8 - kept)) & 0xff;
  });
}

function contains({ address, bits }: Network, other: Address): boolean {
  return address.length === other.length && same(mask(address, bits), mask(other, bits));
}

const isZero = (address: Address): boolean => address.every((byte) => byte === 0);

function isLoopback(address: Address): boolean {
  if (address.length === 4) return address[0] === 127;
  return address[15] === 1 && isZero(address.subarray(0, 15));
}

const isLinkLocalUnicast = (address: Address): boolean =>
  address.length === 4
    ? address[0] === 169 && address[1] === 254
    : address[0] === 0xfe && ((address[1] ?? 0) & 0xc0) === 0x80;

const isLinkLocalMulticast = (address: Address): boolean =>
  address.length === 4
    ? address[0] === 224 && address[1] === 0 && address[2] === 0
    : address[0] === 0xff && ((address[1] ?? 0) & 0x0f) === 2;

const isMulticast = (address: Address): boolean =>
  address.length === 4 ? ((address[0] ?? 0) & 0xf0) === 0xe0 : address[0] === 0xff;

const isGlobalUnicast = (address: Address): boolean =>
  !isZero(address) &&
  !address.every((byte) => address.length === 4 && byte === 255) &&
  !isLoopback(address) &&
  !isMulticast(address) &&
  !isLinkLocalUnicast(address);

const predicates: readonly (readonly [name: string, id: string, holds: (address: Address) => boolean])[] = [
  ['isUnspecified', 'ip_is_unspecified', isZero],
  ['isLoopback', 'ip_is_loopback', isLoopback],
  ['isLinkLocalMulticast', 'ip_is_link_local_multicast', isLinkLocalMulticast],
  ['isLinkLocalUnicast', 'ip_is_link_local_unicast', isLinkLocalUnicast],
  ['isGlobalUnicast', 'ip_is_global_unicast', isGlobalUnicast],
];

const address = (value: ExtensionValue): Address => value.data as Address;
const network = (value: ExtensionValue): Network => value.data as Network;
const within = (outer: Network, inner: Network): boolean => outer.bits <= inner.bits && contains(outer, inner.address);

export const addresses: readonly Overload[] = [
  global('is_ip', 'isIP', 'string', 'bool', (text: string) => typeof parseAddress(text) !== 'string'),
  global('string_to_ip', 'ip', 'string', 'net.IP', (text: string) => addressValue(addressOf(text))),
  global(
    'ip_is_canonical',
    'ip.isCanonical',
    'string',
    'bool',
    (text: string) => formatAddress(addressOf(text)) === text,
  ),
  global('ip_to_string', 'string', 'net.IP', 'string', (value: ExtensionValue) => formatAddress(address(value))),
  method('ip_family', 'family', 'net.IP', 'int', (value: ExtensionValue) => (address(value).length === 4 ? 4n : 6n)),
  ...predicates.map(([name, id, holds]) =>
    method(id, name, 'net.IP', 'bool', (value: ExtensionValue) => holds(address(value))),
  ),
  global('is_cidr', 'isCIDR', 'string', 'bool', (text: string) => typeof parseNetwork(text) !== 'string'),
  global('string_to_cidr', 'cidr', 'string', 'net.CIDR', (text: string) => networkValue(networkOf(text))),
  global('cidr_to_string', 'string', 'net.CIDR', 'string', (value: ExtensionValue) => {
    const { address: base, bits } = network(value);
    return `${formatAddress(base)}/${bits}`;
  }),
  method('cidr_contains_ip_string', 'containsIP', 'net.CIDR, string', 'bool', (value: ExtensionValue, text: string) =>
    contains(network(value), addressOf(text)),
  ),
  method('cidr_contains_ip_ip', 'containsIP', 'net.CIDR, net.IP', 'bool', (value: ExtensionValue, ip: ExtensionValue) =>
    contains(network(value), address(ip)),
  ),
  method(
    'cidr_contains_cidr_string',
    'containsCIDR',
    'net.CIDR, string',
    'bool',
    (value: ExtensionValue, text: string) => within(network(value), networkOf(text)),
  ),
  method(
    'cidr_contains_cidr',
    'containsCIDR',
    'net.CIDR, net.CIDR',
    'bool',
    (value: ExtensionValue, other: ExtensionValue) => within(network(value), network(other)),
  ),
  method('cidr_ip', 'ip', 'net.CIDR', 'net.IP', (value: ExtensionValue) => addressValue(network(value).address)),
  method('cidr_prefix_length', 'prefixLength', 'net.CIDR', 'int', (value: ExtensionValue) =>
    BigInt(network(value).bits),
  ),
  method('cidr_masked', 'masked', 'net.CIDR', 'net.CIDR', (value: ExtensionValue) => {
    const { address: base, bits } = network(value);
    return networkValue({ address: mask(base, bits), bits });
  }),
];
