import { startControlPlane, takeDataDirectory, type ControlPlaneOptions } from '../../cluster/control-plane.ts';
import { defaultDataDirectory } from '../../cluster/data-directory.ts';
import { writeKubeconfigs } from '../../cluster/kubeconfig.ts';
import { aborted } from '../aborted.ts';
import { backupFlags, readBackupFlags, startScheduledBackups } from '../backup-flags.ts';
import { verboseFlag, type Command, type Invocation } from '../command.ts';
import { readUrls } from '../etcd-listening.ts';
import { createProgress } from '../progress.ts';
import { readGivenFile } from '../read-given-file.ts';
import { terminalLog } from '../terminal-log.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  description: [
    'No controllers, scheduler or nodes come with it: run those beside it, or none. Flags that kube-apiserver has mean the',
    'same here. A serving certificate is made when none is given, and a kubeconfig is written to the data directory.',
  ].join('\n'),
  flags: {
    'data-dir': { value: 'DIR', help: `Where objects and certificates are kept (default ${defaultDataDirectory()}).` },
    'bind-address': { value: 'IP', help: 'Address to listen on (default 127.0.0.1).' },
    'secure-port': { value: 'N', help: 'Port to listen on; 0 takes a free one (default 6443).' },
    'advertise-address': { value: 'IP', help: 'Address at which pods reach this server.' },
    'service-cluster-ip-range': { value: 'CIDR', help: 'Addresses of Services (default 10.96.0.0/16).' },
    'token-auth-file': { value: 'FILE', help: 'Tokens of users, a line each: token,user,uid,"group1,group2".' },
    'client-ca-file': { value: 'FILE', help: "Authority of client certificates, PEM (default the cluster's own)." },
    'encryption-provider-config': {
      value: 'FILE',
      help: 'Encrypts objects before they are stored; names resources and keys.',
    },
    'encryption-provider-config-automatic-reload': { help: 'Follows changes of that file while the server runs.' },
    'tls-cert-file': { value: 'FILE', help: 'Serving certificate, PEM; with --tls-private-key-file.' },
    'tls-private-key-file': { value: 'FILE', help: 'Key of the serving certificate, PEM.' },
    ...backupFlags,
    'etcd-listen-client-urls': {
      value: 'URLS',
      help: 'Serve the store by the etcd v3 API at these, with commas between: https:// (for administrators), unix://.',
    },
    ...verboseFlag,
  },
  examples: {
    'slipway apiserver --data-dir ./data --secure-port 7443': 'Serve the API from a folder of its own.',
    'slipway apiserver --token-auth-file tokens.csv': 'Let the users of a file in by their tokens.',
  },
  async run(invocation) {
    const { flags, terminal, signal } = invocation;
    const progress = createProgress(terminal, () => performance.now());
    const log = terminalLog(flags.has('verbose'), (line) => progress.note(line.trimEnd()));
    const options = await readOptions(invocation, log);
    const schedule = readBackupFlags(flags);
    const directory = await takeDataDirectory(flags.text('data-dir') ?? defaultDataDirectory(), progress);
    const controlPlane = await startControlPlane({ ...options, directory }, progress);
    await writeKubeconfigs(controlPlane);
    const ready = `ready in ${Math.round(performance.now())} ms, kubeconfig ${directory.kubeconfig}`;
    terminal.write(`${terminal.style('green', '✔')} ${terminal.style('bold', ready)}\n`);
    const stopBackups = startScheduledBackups(schedule, directory.path, log);
    await aborted(signal);
    await stopBackups();
    await controlPlane.close();
    directory.release();
    return 0;
  },
};

async function readOptions(
  { flags }: Invocation,
  log: ControlPlaneOptions['log'],
): Promise<Omit<ControlPlaneOptions, 'directory'>> {
  const advertiseAddress = flags.text('advertise-address');
  const tokenFile = flags.text('token-auth-file');
  const encryption = readEncryption(flags);
  const clientCaFile = flags.text('client-ca-file');
  const serving = await readServing(flags.text('tls-cert-file'), flags.text('tls-private-key-file'));
  return {
    bindAddress: flags.text('bind-address') ?? '127.0.0.1',
    port: flags.number('secure-port', 0, 65_535) ?? 6443,
    portFlag: '--secure-port',
    serviceRange: flags.text('service-cluster-ip-range') ?? '10.96.0.0/16',
    nodes: [],
    etcdListenUrls: readUrls(flags, 'etcd-listen-client-urls') ?? [],
    log,
    ...(advertiseAddress === undefined ? {} : { advertiseAddress }),
    ...(tokenFile === undefined ? {} : { tokens: await readGivenFile('--token-auth-file', tokenFile) }),
    ...(clientCaFile === undefined ? {} : { clientCa: await readGivenFile('--client-ca-file', clientCaFile) }),
    ...(encryption === undefined ? {} : { encryption }),
    ...(serving === undefined ? {} : { serving }),
  };
}

function readEncryption(flags: Invocation['flags']): ControlPlaneOptions['encryption'] {
  const path = flags.text('encryption-provider-config');
  const reload = flags.has('encryption-provider-config-automatic-reload');
  if (path !== undefined) return { path, reload };
  if (!reload) return undefined;
  throw new UsageError('--encryption-provider-config-automatic-reload goes with --encryption-provider-config');
}

async function readServing(
  cert: string | undefined,
  key: string | undefined,
): Promise<ControlPlaneOptions['serving'] | undefined> {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new UsageError('--tls-cert-file and --tls-private-key-file go together');
  }
  return {
    cert: await readGivenFile('--tls-cert-file', cert),
    key: await readGivenFile('--tls-private-key-file', key),
  };
}
