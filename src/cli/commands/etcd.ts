import { startStandaloneEtcd } from '../../cluster/etcd-server.ts';
import { aborted } from '../aborted.ts';
import { verboseFlag, type Command } from '../command.ts';
import { readEtcdListening } from '../etcd-listening.ts';
import { createProgress } from '../progress.ts';
import { quotaFlag, readQuota } from '../quota-flag.ts';
import { readRetention, retentionFlags } from '../retention-flags.ts';
import { terminalLog } from '../terminal-log.ts';

const defaultDirectory = 'default.etcd';
const defaultUrl = 'http://127.0.0.1:2379';

export const command: Command = {
  description: [
    'One member, durable as etcd is: what was answered is on disk. etcdctl, and API servers given --etcd-servers, use it as',
    'they use etcd. Flags that etcd has mean the same here. Members are not added: use an etcd cluster where one machine is',
    'not enough.',
  ].join('\n'),
  flags: {
    'data-dir': { value: 'DIR', help: `Where the store is kept (default ./${defaultDirectory}).` },
    'listen-client-urls': {
      value: 'URLS',
      help: `Where to listen: http://, https:// or unix://, with commas between (default ${defaultUrl}).`,
    },
    'advertise-client-urls': {
      value: 'URLS',
      help: 'What member list tells clients (default the addresses listened on).',
    },
    name: { value: 'NAME', help: "The member's name (default default)." },
    'cert-file': { value: 'FILE', help: 'Serving certificate for https://, PEM; with --key-file.' },
    'key-file': { value: 'FILE', help: 'Key of the serving certificate, PEM.' },
    'trusted-ca-file': { value: 'FILE', help: 'Authority of client certificates, PEM.' },
    'client-cert-auth': { help: 'Refuse clients without a certificate of that authority.' },
    'experimental-watch-progress-notify-interval': {
      value: 'TIME',
      help: 'How often an idle watch that asked for it is told so, such as 5s (default 10m).',
    },
    ...quotaFlag,
    ...retentionFlags,
    ...verboseFlag,
  },
  examples: {
    'slipway etcd --data-dir ./data --listen-client-urls http://127.0.0.1:2379': 'Serve a store that etcdctl can use.',
    'slipway etcd --listen-client-urls unix:///run/etcd.sock': 'Serve it on a unix socket.',
  },
  async run({ flags, terminal, signal }) {
    const progress = createProgress(terminal, () => performance.now());
    const log = terminalLog(flags.has('verbose'), (line) => progress.note(line.trimEnd()));
    const listening = await readEtcdListening(flags, defaultUrl);
    const directory = flags.text('data-dir') ?? defaultDirectory;
    const retention = readRetention(flags);
    const etcd = await startStandaloneEtcd(directory, listening, {
      log,
      quotaBytes: readQuota(flags),
      ...(retention === undefined ? {} : { retention }),
    });
    const ready = `ready in ${Math.round(performance.now())} ms, revision ${etcd.revision}, ${etcd.urls.join(' ')}`;
    terminal.write(`${terminal.style('green', '✔')} ${terminal.style('bold', ready)}\n`);
    await aborted(signal);
    await etcd.close();
    return 0;
  },
};
