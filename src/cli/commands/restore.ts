import { restore } from '../../cluster/backup.ts';
import { defaultDataDirectory } from '../../cluster/data-directory.ts';
import type { Command } from '../command.ts';
import { describeSnapshot } from '../describe-snapshot.ts';
import { etcdAddressFlags, readEtcdClientFlags } from '../etcd-client-flags.ts';
import { createProgress } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  parameters: 'FILE',
  description: [
    'Makes a new data directory of a backup; start it with "slipway up --data-dir DIR". The sum of the file is checked before',
    'anything is written. The store goes on from a much higher revision than the backup had, so that every client notices and',
    'lists again instead of going on from a revision that means something else now.',
  ].join('\n'),
  flags: {
    'data-dir': { value: 'DIR', help: `A new folder (default ${defaultDataDirectory()}).` },
    'bump-revision': { value: 'N', help: 'How far to raise the revision (default 1000000000; into etcd 10000).' },
    ...etcdAddressFlags,
  },
  examples: { 'slipway restore monday.slipway --data-dir ./restored': 'Restore beside the lost cluster.' },
  async run({ flags, parameters, terminal }) {
    const [path, ...more] = parameters;
    if (path === undefined || more.length > 0) throw new UsageError('Name the file: slipway restore FILE');
    const bump = flags.number('bump-revision', 1, 1e12);
    const etcd = await readEtcdClientFlags(flags);
    const dataDirectory = flags.text('data-dir') ?? defaultDataDirectory();
    const progress = createProgress(terminal, () => performance.now());
    const { facts, revision } = await progress.step('restored', (sayHowFar) =>
      restore({
        path,
        dataDirectory,
        ...(etcd === undefined ? {} : { etcd }),
        progress: (keys, count) => sayHowFar(`${keys} of ${count} keys`),
        ...(bump === undefined ? {} : { bump }),
      }),
    );
    terminal.write(`${terminal.style('green', '✔')} ${describeSnapshot(facts)}; goes on from revision ${revision}\n`);
    const start =
      etcd === undefined
        ? `./slipway up --data-dir ${dataDirectory}`
        : `./slipway apiserver --data-dir ${dataDirectory} --etcd-servers ${etcd.servers.join(',')}`;
    terminal.write(`\nStart it:\n  ${terminal.style('cyan', start)}\n`);
    return 0;
  },
};
