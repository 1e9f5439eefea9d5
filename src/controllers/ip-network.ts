/** Networks in CIDR notation, of both families, as numbers. */
import { isIP } from 'node:net';

export interface IpNetwork {
  readonly family: 'IPv4' | 'IPv6';
  /** The first address. */
  readonly base: bigint;
  /** Length of the prefix. */
  readonly prefix: number;
}

const widths = { IPv4: 32, IPv6: 128 } as const;

/** Undefined when the text is no network. Bits behind the prefix are taken for zero. */
export function parseIpNetwork(text: string): IpNetwork | undefined {
  const [, address = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const base = parseIp(address);
  const prefix = Number(length);
  if (base === undefined || prefix > widths[base.family]) return undefined;
  const host = BigInt(widths[base.family] - prefix);
  return { family: base.family, base: (base.number >> host) << host, prefix };
}

export function parseIp(text: string): { readonly family: 'IPv4' | 'IPv6'; readonly number: bigint } | undefined {
  const version = text.includes('%') ? 0 : isIP(text);
  if (version === 0) return undefined;
  if (version === 4) return { family: 'IPv4', number: joined(text.split('.').map(Number), 8n) };
  return { family: 'IPv6', number: joined(hextets(text), 16n) };
}

function hextets(text: string): readonly number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  const [, head = '', ...bytes] = dotted ?? [];
  const [a = 0, b = 0, c = 0, d = 0] = bytes.map(Number);
  const plain = dotted === null ? text : `${head}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  const [left = '', right] = plain.split('::');
  const read = (part: string) => part.split(':').flatMap((one) => (one === '' ? [] : [Number.parseInt(one, 16)]));
  const first = read(left);
  const last = read(right ?? '');
  return [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last];
}

const joined = (parts: readonly number[], bits: bigint): bigint =>
  parts.reduce((number, part) => (number << bits) + BigInt(part), 0n);

/** In the shortest form. */
export function formatIpNetwork({ family, base, prefix }: IpNetwork): string {
  return `${formatIp(family, base)}/${prefix}`;
}

function formatIp(family: 'IPv4' | 'IPv6', number: bigint): string {
  if (family === 'IPv4') return [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((number >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  // URLs write addresses in their canonical form.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

/** The networks share an address: one lies within the other. */
export function overlaps(a: IpNetwork, b: IpNetwork): boolean {
  if (a.family !== b.family) return false;
  const host = BigInt(widths[a.family] - Math.min(a.prefix, b.prefix));
  return a.base >> host === b.base >> host;
}

/** All of `inner` lies in `outer`. */
export function contains(outer: IpNetwork, inner: IpNetwork): boolean {
  return outer.prefix <= inner.prefix && overlaps(outer, inner);
}

/** How many networks of this prefix fit into one. */
export const sizeIn = (outer: IpNetwork, prefix: number): number => 2 ** (prefix - outer.prefix);

export function subnetAt(outer: IpNetwork, prefix: number, index: number): IpNetwork {
  const host = BigInt(widths[outer.family] - prefix);
  return { family: outer.family, base: outer.base + (BigInt(index) << host), prefix };
}

/** First and last index of the networks of this prefix that `inner` touches; undefined when it lies outside. */
export function indicesOf(outer: IpNetwork, prefix: number, inner: IpNetwork): readonly [number, number] | undefined {
  if (!overlaps(outer, inner)) return undefined;
  if (contains(inner, outer)) return [0, sizeIn(outer, prefix) - 1];
  const width = widths[outer.family];
  const last = inner.base + (1n << BigInt(width - inner.prefix)) - 1n;
  const host = BigInt(width - prefix);
  return [Number((inner.base - outer.base) >> host), Number((last - outer.base) >> host)];
}
