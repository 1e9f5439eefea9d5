/** Real etcd members (Debian's package etcd-server) on loopback ports, for tests: start, kill, pause, cut off. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { setTimeout as delay } from 'node:timers/promises';
import type { EtcdNetwork } from './etcd-network.ts';

export interface RealEtcd {
  readonly urls: readonly string[];
  /** Index of the member that leads; waits until there is one among those asked. */
  leader(): Promise<number>;
  kill(member: number): Promise<void>;
  /** Starts a member that was killed. @param flags Beside those that it had. */
  start(member: number, flags?: readonly string[]): Promise<void>;
  pause(member: number): void;
  resume(member: number): void;
}

/** A test, or what stands for all tests of a file. */
export interface Lifetime {
  after(end: () => Promise<void>): void;
}

const readyMs = 20_000;

export interface RealEtcdOptions {
  /** Where the members run; default: on loopback. */
  readonly network?: EtcdNetwork;
  /** Paths of PEM files: clients are served by TLS, and must show a certificate of the authority. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca: string };
}

/** The members end, and what they wrote is removed, when the test ends. */
export async function startRealEtcd(
  context: Lifetime,
  members: number,
  { network, tls }: RealEtcdOptions = {},
): Promise<RealEtcd> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-etcd-'));
  const ports = await freePorts(members * 3);
  const urlOf = (member: number, index: number): string =>
    `http://${network?.address(member) ?? '127.0.0.1'}:${ports[member * 3 + index]}`;
  const client = (member: number): string =>
    tls === undefined ? urlOf(member, 0) : urlOf(member, 0).replace('http', 'https');
  const peer = (member: number): string => urlOf(member, 1);
  /** Health, without TLS. */
  const plain = (member: number): string => urlOf(member, 2);
  const all = Array.from({ length: members }, (_, member) => member);
  const running = new Map<number, ChildProcess>();
  const start = async (member: number, flags: readonly string[] = []): Promise<void> => {
    const args = [
      ['--name', `m${member}`],
      ['--data-dir', join(directory, `m${member}`)],
      ['--listen-client-urls', client(member)],
      ['--advertise-client-urls', client(member)],
      ['--listen-peer-urls', peer(member)],
      ['--initial-advertise-peer-urls', peer(member)],
      ['--listen-metrics-urls', plain(member)],
      ...(tls === undefined
        ? []
        : [['--cert-file', tls.cert], ['--key-file', tls.key], ['--trusted-ca-file', tls.ca], ['--client-cert-auth']]),
      ['--initial-cluster', all.map((each) => `m${each}=${peer(each)}`).join(',')],
      flags,
    ].flat();
    const [file, ...words] = network?.command(member, ['etcd', ...args]) ?? ['etcd', ...args];
    const child = spawn(file, words, { stdio: 'ignore' });
    running.set(member, child);
    child.on('error', () => running.delete(member));
  };
  const kill = async (member: number): Promise<void> => {
    const child = running.get(member);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  context.after(async () => {
    await Promise.all(all.map(kill));
    await rm(directory, { recursive: true, force: true });
  });
  await Promise.all(all.map((member) => start(member)));
  await Promise.all(all.map((member) => healthy(plain(member))));
  const statusOf = async (member: number): Promise<EtcdStatus | undefined> => {
    const child = running.get(member);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return undefined;
    return ask<EtcdStatus>(`${client(member)}/v3/maintenance/status`);
  };
  return {
    urls: all.map(client),
    kill,
    start,
    pause: (member) => void running.get(member)?.kill('SIGSTOP'),
    resume: (member) => void running.get(member)?.kill('SIGCONT'),
    async leader() {
      for (const endMs = Date.now() + readyMs; Date.now() < endMs; await delay(50)) {
        const statuses = await Promise.all(all.map(statusOf));
        const found = statuses.findIndex((status) => status !== undefined && status.leader === status.header.member_id);
        if (found >= 0) return found;
      }
      throw new Error('No member of etcd leads');
    },
  };
}

interface EtcdStatus {
  readonly leader?: string;
  readonly header: { readonly member_id: string };
}

async function ask<T>(url: string): Promise<T | undefined> {
  try {
    const signal = AbortSignal.timeout(1000);
    return (await (await fetch(url, { method: 'POST', body: '{}', signal })).json()) as T;
  } catch {
    return undefined;
  }
}

async function healthy(url: string): Promise<void> {
  for (const endMs = Date.now() + readyMs; Date.now() < endMs; await delay(50)) {
    try {
      const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(1000) });
      if (answer.ok && ((await answer.json()) as { health: string }).health === 'true') return;
    } catch {
      // It does not listen yet.
    }
  }
  throw new Error(`etcd at ${url} is not healthy after ${readyMs / 1000} s`);
}

/** Ports of the loopback address that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
