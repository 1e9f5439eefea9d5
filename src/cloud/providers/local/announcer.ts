/**
 * Makes the addresses of load balancers lead to this machine: they are put on an interface of our own, a bridge without ports
 * (every machine that runs pods can make one). The kernel then takes them for its own and answers who asks for them on any of
 * its networks; neighbours that know them from elsewhere are told by gratuitous ARP. The interface is removed at the end, and
 * one that a killed run left at the beginning.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { errorText, type Log } from '../../../base/log.ts';

export interface Announcer {
  /** Idempotent. */
  announce(address: string): Promise<void>;
  /** Idempotent. */
  withdraw(address: string): Promise<void>;
  close(): Promise<void>;
}

/** Where addresses cannot be announced or need not be: they lead nowhere, or others see to it. */
export const silentAnnouncer: Announcer = {
  announce: async () => undefined,
  withdraw: async () => undefined,
  close: async () => undefined,
};

export interface InterfaceAnnouncerOptions {
  /** Of the interface that is made, at most 15 characters. */
  readonly interfaceName: string;
  /** Interfaces on whose networks neighbours are told. */
  readonly neighbours: readonly string[];
  readonly log: Log;
}

export class InterfaceAnnouncer implements Announcer {
  readonly #options: InterfaceAnnouncerOptions;
  readonly #announced = new Set<string>();
  #made: Promise<void> | undefined;

  constructor(options: InterfaceAnnouncerOptions) {
    this.#options = options;
  }

  /** Removes what a killed run left. To be called before the first address. */
  clear(): Promise<void> {
    return this.#remove();
  }

  async announce(address: string): Promise<void> {
    if (this.#announced.has(address)) return;
    this.#made ??= this.#make();
    await this.#made.catch((error: unknown) => {
      this.#made = undefined;
      throw error;
    });
    await ip(['address', 'replace', `${address}/32`, 'dev', this.#options.interfaceName]);
    this.#announced.add(address);
    for (const neighbour of this.#options.neighbours) await this.#tell(neighbour, address);
  }

  async withdraw(address: string): Promise<void> {
    if (!this.#announced.delete(address)) return;
    await ip(['address', 'delete', `${address}/32`, 'dev', this.#options.interfaceName]);
  }

  async close(): Promise<void> {
    const made = this.#made;
    this.#made = undefined;
    this.#announced.clear();
    if (made === undefined) return;
    await made.catch(() => undefined);
    await this.#remove();
  }

  async #make(): Promise<void> {
    const { interfaceName } = this.#options;
    await ip(['link', 'add', interfaceName, 'type', 'bridge']);
    await ip(['link', 'set', interfaceName, 'up']);
  }

  async #remove(): Promise<void> {
    const { interfaceName } = this.#options;
    await ip(['link', 'delete', interfaceName]).catch((error: unknown) => {
      if (!/Cannot find device/.test(errorText(error))) throw error;
    });
  }

  /** Without the tool, neighbours find out by themselves when what they know gets old. */
  async #tell(neighbour: string, address: string): Promise<void> {
    try {
      await promisify(execFile)('arping', ['-U', '-c', '1', '-w', '1', '-I', neighbour, '-s', address, address]);
    } catch (error) {
      // It answers 1 when nobody replied, as nobody should.
      if ((error as { code?: unknown }).code === 1) return;
      const why = { address, interface: neighbour, error: errorText(error) };
      this.#options.log.info('Cannot tell the neighbours of an address: is the program "arping" there?', why);
    }
  }
}

async function ip(parameters: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)('ip', parameters);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const missing = code === 'ENOENT' ? ': the program "ip" is missing (Debian package iproute2)' : '';
    throw new Error(`cannot announce addresses${missing}`, { cause: error });
  }
}
