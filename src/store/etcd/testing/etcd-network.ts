/**
 * A network of its own for members of etcd, so that they can be cut off from one another: a namespace and an address for
 * each, on one bridge. Needs root, and Debian's iproute2 and nftables. This machine reaches a member that is cut off from
 * the others, as clients on the wrong side of a real partition do.
 */
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';

export interface EtcdNetwork {
  address(member: number): string;
  /** What to run so that it runs where the member is. */
  command(member: number, words: readonly string[]): readonly [string, ...string[]];
  /** Nothing goes between the member and the others any more. */
  cut(member: number): void;
  mend(): void;
  close(): void;
}

export function createEtcdNetwork(members: number): EtcdNetwork {
  const name = `slpe${randomInt(10_000)}`;
  const subnet = `10.213.${randomInt(256)}`;
  const namespace = (member: number): string => `${name}-${member}`;
  const port = (member: number): string => `${name}p${member}`;
  const address = (member: number): string => `${subnet}.${member + 2}`;
  const all = Array.from({ length: members }, (_, member) => member);
  const close = (): void => {
    for (const member of all) quietly('ip', 'netns', 'delete', namespace(member));
    for (const member of all) quietly('ip', 'link', 'delete', port(member));
    quietly('ip', 'link', 'delete', name);
    quietly('nft', 'delete', 'table', 'bridge', name);
  };
  try {
    run('ip', 'link', 'add', name, 'type', 'bridge');
    run('ip', 'address', 'add', `${subnet}.1/24`, 'dev', name);
    run('ip', 'link', 'set', name, 'up');
    for (const member of all) {
      const inside = ['-n', namespace(member)];
      run('ip', 'netns', 'add', namespace(member));
      run('ip', 'link', 'add', port(member), 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace(member));
      run('ip', 'link', 'set', port(member), 'master', name, 'up');
      run('ip', ...inside, 'address', 'add', `${address(member)}/24`, 'dev', 'eth0');
      run('ip', ...inside, 'link', 'set', 'eth0', 'up');
      run('ip', ...inside, 'link', 'set', 'lo', 'up');
    }
    run('nft', 'add', 'table', 'bridge', name);
    run('nft', `add chain bridge ${name} between { type filter hook forward priority 0; }`);
  } catch (error) {
    close();
    throw error;
  }
  return {
    address,
    command: (member, words) => ['ip', 'netns', 'exec', namespace(member), ...words],
    cut(member) {
      for (const side of ['iifname', 'oifname'])
        run('nft', `add rule bridge ${name} between ${side} ${port(member)} drop`);
    },
    mend: () => run('nft', 'flush', 'chain', 'bridge', name, 'between'),
    close,
  };
}

function run(file: string, ...args: readonly string[]): void {
  execFileSync(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** What is not there need not go. */
function quietly(file: string, ...args: readonly string[]): void {
  try {
    run(file, ...args);
  } catch {
    // Setting up ended before it.
  }
}
