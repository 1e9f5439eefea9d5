import { startControlPlane, takeDataDirectory, type ControlPlaneOptions } from '../../cluster/control-plane.ts';
import { defaultDataDirectory } from '../../cluster/data-directory.ts';
import { writeKubeconfigs } from '../../cluster/kubeconfig.ts';
import { errorText } from '../../base/log.ts';
import { SetupError } from '../../cluster/setup-error.ts';
import { createWatchedFiles, type WatchedFiles } from '../../cluster/watched-files.ts';
import { systemClock } from '../../base/clock.ts';
import { aborted } from '../aborted.ts';
import { collectWhenIdle } from '../collect-when-idle.ts';
import { auditFlags, readAudit } from '../audit-flags.ts';
import { backupFlags, readBackupFlags, startScheduledBackups } from '../backup-flags.ts';
import { authenticationFlags, readAuthenticationFlags } from '../apiserver-flags/authentication.ts';
import { authorizationFlags, readAuthorizationFlags } from '../apiserver-flags/authorization.ts';
import { readTlsFlags, tlsFlags } from '../apiserver-flags/tls.ts';
import { verboseFlag, type Command, type Invocation } from '../command.ts';
import { etcdClientFlags, readEtcdClientFlags } from '../etcd-client-flags.ts';
import { readUrls } from '../etcd-listening.ts';
import { featureGatesFlag, readRuntimeConfig, runtimeConfigFlag } from '../feature-flags.ts';
import { quotaFlag, readQuota } from '../quota-flag.ts';
import { createProgress } from '../progress.ts';
import { readRequestLimits, requestLimitFlags } from '../request-limit-flags.ts';
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
    ...authenticationFlags,
    ...authorizationFlags,
    ...tlsFlags,
    'encryption-provider-config': {
      value: 'FILE',
      help: 'Encrypts objects before they are stored; names resources and keys.',
    },
    'encryption-provider-config-automatic-reload': { help: 'Follows changes of that file while the server runs.' },
    ...runtimeConfigFlag,
    ...featureGatesFlag,
    ...requestLimitFlags,
    ...auditFlags,
    ...backupFlags,
    'etcd-listen-client-urls': {
      value: 'URLS',
      help: 'Serve the store by the etcd v3 API at these, with commas between: https:// (for administrators), unix://.',
    },
    ...quotaFlag,
    ...etcdClientFlags,
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
    const files = createWatchedFiles(log.named('files'));
    const options = await readable(readOptions(invocation, files, log));
    const schedule = readBackupFlags(flags);
    const directory = await takeDataDirectory(flags.text('data-dir') ?? defaultDataDirectory(), progress);
    const controlPlane = await startControlPlane({ ...options, directory }, progress);
    await writeKubeconfigs(controlPlane);
    const ready = `ready in ${Math.round(performance.now())} ms, kubeconfig ${directory.kubeconfig}`;
    terminal.write(`${terminal.style('green', '✔')} ${terminal.style('bold', ready)}\n`);
    const stopBackups = startScheduledBackups(schedule, directory.path, { flags, log });
    collectWhenIdle(systemClock);
    await aborted(signal);
    await stopBackups();
    await controlPlane.close();
    files.close();
    directory.release();
    return 0;
  },
};

async function readOptions(
  invocation: Invocation,
  files: WatchedFiles,
  log: ControlPlaneOptions['log'],
): Promise<Omit<ControlPlaneOptions, 'directory'>> {
  const { flags } = invocation;
  const advertiseAddress = flags.text('advertise-address');
  const authorization = await readAuthorizationFlags(invocation, { files, log });
  const encryption = readEncryption(flags);
  const etcd = await readEtcdClientFlags(flags);
  const audit = await readAudit(flags);
  return {
    bindAddress: flags.text('bind-address') ?? '127.0.0.1',
    port: flags.number('secure-port', 0, 65_535) ?? 6443,
    portFlag: '--secure-port',
    serviceRange: flags.text('service-cluster-ip-range') ?? '10.96.0.0/16',
    nodes: [],
    etcdListenUrls: readUrls(flags, 'etcd-listen-client-urls') ?? [],
    quotaBytes: readQuota(flags),
    log,
    limits: readRequestLimits(flags),
    ...readRuntimeConfig(flags, (message) => log.warn(message)),
    flags: flags.given,
    ...(audit === undefined ? {} : { audit }),
    ...(advertiseAddress === undefined ? {} : { advertiseAddress }),
    authentication: await readAuthenticationFlags(invocation, { files, log }),
    ...(authorization === undefined ? {} : { authorization }),
    ...(encryption === undefined ? {} : { encryption }),
    ...(etcd === undefined ? {} : { etcd }),
    ...(await readTlsFlags(invocation, files)),
  };
}

function readEncryption(flags: Invocation['flags']): ControlPlaneOptions['encryption'] {
  const path = flags.text('encryption-provider-config');
  const reload = flags.has('encryption-provider-config-automatic-reload');
  if (path !== undefined) return { path, reload };
  if (!reload) return undefined;
  throw new UsageError('--encryption-provider-config-automatic-reload goes with --encryption-provider-config');
}

/** What is wrong with a file that a flag names is for the user to mend. */
async function readable<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof UsageError || error instanceof SetupError) throw error;
    throw new SetupError(errorText(error), { cause: error });
  }
}
