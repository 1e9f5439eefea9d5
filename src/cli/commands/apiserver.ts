import { createLog } from '../../base/log.ts';
import { defaultDataDirectory } from '../../cluster/data-directory.ts';
import { runStandaloneApiServer } from '../../cluster/standalone-api-server.ts';
import { verboseFlag, type Command } from '../command.ts';
import { UsageError } from '../usage-error.ts';

/** Flags that mean what they mean to kube-apiserver have its names. */
export const command: Command = {
  description:
    'Runs the API server alone: no controllers, scheduler or nodes. It keeps its objects and certificates in the data ' +
    'directory, stays in the foreground, and answers /readyz when it serves.',
  flags: {
    'data-dir': { value: 'DIR', help: 'Where objects, keys and certificates lie.' },
    'bind-address': { value: 'IP', help: 'Address to listen on (127.0.0.1).' },
    'secure-port': { value: 'N', help: 'Port to listen on (6443); 0 takes any free one.' },
    'advertise-address': {
      value: 'IP',
      help: 'Address at which pods reach this server; default: the one it listens on.',
    },
    'token-auth-file': { value: 'FILE', help: 'Static tokens: lines of token,user,uid,"group1,group2".' },
    'client-ca-file': { value: 'FILE', help: 'Authority of client certificates; default: made in the data directory.' },
    'tls-cert-file': { value: 'FILE', help: 'Serving certificate; default: made in the data directory.' },
    'tls-private-key-file': { value: 'FILE', help: 'Its private key.' },
    'service-cluster-ip-range': { value: 'CIDR', help: 'Addresses of Services (10.96.0.0/16).' },
    ...verboseFlag,
  },
  examples: {
    'slipway apiserver --data-dir /tmp/api --secure-port 6443 --token-auth-file tokens.csv':
      'Serve on 127.0.0.1:6443, with users from a file.',
  },
  async run({ flags, terminal, signal }) {
    const certFile = flags.text('tls-cert-file');
    const keyFile = flags.text('tls-private-key-file');
    if ((certFile === undefined) !== (keyFile === undefined)) {
      throw new UsageError('--tls-cert-file and --tls-private-key-file go together');
    }
    const begun = performance.now();
    const log = createLog({
      component: 'slipway',
      level: flags.has('verbose') ? 'debug' : 'warn',
      now: Date.now,
      write: terminal.writeError,
    });
    const bindAddress = flags.text('bind-address') ?? '127.0.0.1';
    const options = {
      dataDirectory: flags.text('data-dir') ?? defaultDataDirectory(),
      bindAddress,
      securePort: flags.number('secure-port', 0, 65_535) ?? 6443,
      advertiseAddress: flags.text('advertise-address'),
      tokenFile: flags.text('token-auth-file'),
      clientCaFile: flags.text('client-ca-file'),
      serving: certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile },
      serviceClusterIpRange: flags.text('service-cluster-ip-range') ?? '10.96.0.0/16',
      log,
    };
    await runStandaloneApiServer(options, signal, (port) => {
      const elapsedMs = Math.round(performance.now() - begun);
      terminal.write(`API server is ready in ${elapsedMs} ms on https://${bindAddress}:${port}\n`);
    });
    return 0;
  },
};
