/** The address under which others reach this machine. */
import { readFile } from 'node:fs/promises';
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** IPv4 address of the interface with the default route, else the first that is not loopback, else 127.0.0.1. */
export async function findNodeAddress(): Promise<string> {
  const routes = await readFile('/proc/net/route', 'utf8').catch(() => '');
  return nodeAddress(networkInterfaces(), routes);
}

/** @param routes text of /proc/net/route; empty where there is none. */
export function nodeAddress(interfaces: Interfaces, routes: string): string {
  const byDefaultRoute = defaultInterface(routes);
  const others = Object.keys(interfaces);
  for (const name of byDefaultRoute === undefined ? others : [byDefaultRoute, ...others]) {
    const found = interfaces[name]?.find(({ family, internal }) => family === 'IPv4' && !internal);
    if (found !== undefined) return found.address;
  }
  return '127.0.0.1';
}

function defaultInterface(routes: string): string | undefined {
  const rows = parseRoutes(routes).filter(({ network, mask }) => network === 0 && mask === 0);
  return rows.toSorted((a, b) => a.metric - b.metric)[0]?.interfaceName;
}

export interface Route {
  readonly interfaceName: string;
  /** As a number, the first of the four parts highest. */
  readonly network: number;
  readonly mask: number;
  readonly metric: number;
}

/** Reads /proc/net/route, whose addresses are hexadecimal with the last part first. */
export function parseRoutes(text: string): readonly Route[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns.length >= 8)
    .map(([interfaceName = '', network = '', , , , , metric = '', mask = '']) => ({
      interfaceName,
      network: fromLittleEndian(network),
      mask: fromLittleEndian(mask),
      metric: Number(metric),
    }));
}

function fromLittleEndian(hexadecimal: string): number {
  return Buffer.from(hexadecimal.padStart(8, '0'), 'hex').readUInt32LE();
}
