import { defaultDataDirectory } from '../../cluster/data-directory.ts';
import { migrate } from '../../cluster/migrate.ts';
import type { Command } from '../command.ts';
import { describeSnapshot } from '../describe-snapshot.ts';
import { etcdAddressFlags, readEtcdClientFlags } from '../etcd-client-flags.ts';
import { createProgress } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  description: [
    "Moves a cluster's objects from the store in its data directory to an etcd cluster, or back. The cluster must be stopped.",
    'Going to etcd the old store is put aside; objects get new resource versions. Coming back they keep them.',
  ].join('\n'),
  flags: {
    to: { value: 'etcd|embedded', help: 'Where the objects go.' },
    'data-dir': { value: 'DIR', help: `The cluster's data directory (default ${defaultDataDirectory()}).` },
    ...etcdAddressFlags,
  },
  examples: {
    'slipway migrate --to etcd --etcd-servers http://127.0.0.1:2379': 'Outgrow one machine.',
    'slipway migrate --to embedded --etcd-servers http://127.0.0.1:2379': 'Come back.',
  },
  async run({ flags, terminal, signal }) {
    const to = flags.choice('to', ['etcd', 'embedded']);
    const etcd = await readEtcdClientFlags(flags);
    if (to === undefined || etcd === undefined)
      throw new UsageError('Say where to and which etcd: --to, --etcd-servers');
    const dataDirectory = flags.text('data-dir') ?? defaultDataDirectory();
    const progress = createProgress(terminal, () => performance.now());
    const { facts, revision, putAside } = await progress.step('moved', (sayHowFar) =>
      migrate({
        to,
        dataDirectory,
        etcd,
        nowMs: Date.now(),
        progress: (what, keys, count) => sayHowFar(`${keys} of ${count} keys ${what}`),
        signal,
      }),
    );
    terminal.write(`${terminal.style('green', '✔')} ${describeSnapshot(facts)}; goes on from revision ${revision}\n`);
    if (putAside !== undefined) terminal.write(`The old store was put aside: ${putAside}\n`);
    const start = to === 'etcd' ? ` --etcd-servers ${etcd.servers.join(',')}` : '';
    terminal.write(
      `\nStart it:\n  ${terminal.style('cyan', `./slipway apiserver --data-dir ${dataDirectory}${start}`)}\n`,
    );
    return 0;
  },
};
