import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { backUp } from '../../cluster/backup.ts';
import { defaultDataDirectory } from '../../cluster/data-directory.ts';
import type { Command } from '../command.ts';
import { describeSnapshot } from '../describe-snapshot.ts';
import { etcdAddressFlags, readEtcdClientFlags } from '../etcd-client-flags.ts';
import { createProgress } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  parameters: 'FILE',
  description: [
    'Writes the whole state of a cluster into one file while the cluster runs: every object as of one revision, the',
    'certificates and the address ranges. The file carries its SHA-256 sum and holds every secret of the cluster: keep it as',
    'safe as the cluster itself. "slipway restore" makes a cluster of it; "slipway up --backup-dir" takes one now and then.',
  ].join('\n'),
  flags: {
    'data-dir': { value: 'DIR', help: `The cluster's data directory (default ${defaultDataDirectory()}).` },
    ...etcdAddressFlags,
  },
  examples: {
    'slipway backup monday.slipway': 'Back up the cluster, running or not.',
    'slipway backup etcd.slipway --etcd-servers http://127.0.0.1:2379': 'A cluster that keeps its objects in etcd.',
    'slipway backup /mnt/safe/now.slipway --data-dir /tmp/try': 'Another cluster, to another disk.',
  },
  async run({ flags, parameters, terminal, signal }) {
    const [file, ...more] = parameters;
    if (file === undefined || more.length > 0) throw new UsageError('Name the file: slipway backup FILE');
    const path = resolve(file);
    const etcd = await readEtcdClientFlags(flags);
    await mkdir(dirname(path), { recursive: true });
    const progress = createProgress(terminal, () => performance.now());
    const facts = await progress.step('state written', (sayHowFar) =>
      backUp({
        dataDirectory: flags.text('data-dir') ?? defaultDataDirectory(),
        ...(etcd === undefined ? {} : { etcd }),
        path,
        nowMs: Date.now(),
        progress: (keys, count) => sayHowFar(`${keys} of ${count} keys`),
        signal,
      }),
    );
    terminal.write(`${terminal.style('green', '✔')} ${terminal.style('bold', path)}: ${describeSnapshot(facts)}\n`);
    return 0;
  },
};
