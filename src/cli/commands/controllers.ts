import { knownControllers, runControllers } from '../../controllers/run-controllers.ts';
import type { ClusterAccess } from '../../client/kubeconfig.ts';
import { createAccountClients } from '../../cluster/account-client.ts';
import { SetupError } from '../../cluster/setup-error.ts';
import { systemClock } from '../../base/clock.ts';
import { Registry } from '../../base/metrics.ts';
import { createWorkQueueMetrics } from '../../client/work-queue-metrics.ts';
import type { KeyPair } from '../../base/certificate.ts';
import type { Command, Invocation } from '../command.ts';
import { nodeRangeFlags, readNodeRangeFlags } from '../node-range-flags.ts';
import { featureGatesFlag, readFeatureGates } from '../feature-flags.ts';
import { readGivenFile } from '../read-given-file.ts';
import { electionFlags, readElection } from '../election-flags.ts';
import { componentFlags, runComponent } from '../run-component.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  description: [
    'Brings deployments, jobs, endpoints and the rest to what they ask for, on any Kubernetes API server. Of several copies',
    'one works, the one that holds the lease kube-controller-manager in kube-system. A cluster that slipway up started has',
    'its controllers already.',
    '',
    ...namesWhere(false, 'On by default'),
    '',
    ...namesWhere(true, 'Off by default'),
  ].join('\n'),
  flags: {
    controllers: {
      value: 'LIST',
      help: "Which ones: '*' for all that are on by default, NAME for one, -NAME for not that one (default '*').",
    },
    'root-ca-file': { value: 'FILE', help: "What pods trust the API server by, PEM (default the kubeconfig's)." },
    'use-service-account-credentials': {
      help: 'Let each controller act as a service account of its own in kube-system (default true).',
    },
    'cluster-signing-cert-file': {
      value: 'FILE',
      help: 'Authority that signs certificates for who is approved, PEM; with --cluster-signing-key-file.',
    },
    'cluster-signing-key-file': { value: 'FILE', help: 'Key of that authority, PEM.' },
    ...nodeRangeFlags,
    'secure-port': {
      value: 'PORT',
      help: 'Where /healthz and /metrics are served over HTTPS; 0 for none (default none; Kubernetes has 10257).',
    },
    'bind-address': { value: 'ADDRESS', help: 'Address of that port (default 127.0.0.1).' },
    ...featureGatesFlag,
    ...electionFlags,
    ...componentFlags,
  },
  examples: {
    'slipway controllers --kubeconfig DIR/kubeconfigs/controller-manager':
      'All of them, for the cluster in the data directory DIR.',
    'slipway controllers --controllers=deployment-controller,replicaset-controller': 'Two of them alone.',
    "slipway controllers --controllers='*,-job-controller'": 'All but one.',
    'slipway controllers --controllers=job --leader-elect-resource-name=job-controller':
      'One beside a process that runs the others: each has a lease of its own.',
  },
  async run(invocation) {
    const { flags } = invocation;
    const names = readNames(flags.text('controllers'));
    const file = flags.text('root-ca-file');
    const given = file === undefined ? undefined : await readGivenFile('--root-ca-file', file);
    const signingAuthority = await readSigningAuthority(flags);
    const nodeRanges = readNodeRangeFlags(flags);
    const featureGates = readFeatureGates(flags);
    const port = flags.number('secure-port', 0, 65_535);
    const metrics = new Registry();
    const queueMetrics = createWorkQueueMetrics(metrics, systemClock);
    const address = flags.text('bind-address') ?? '127.0.0.1';
    return await runComponent(invocation, {
      name: 'kube-controller-manager',
      elected: readElection(flags) ?? false,
      serving: port === undefined || port === 0 ? undefined : { port, address, metricsText: () => metrics.text() },
      async run(signal, context, access) {
        const rootCertificate = given ?? authorityOf(access);
        const separate = flags.switched('use-service-account-credentials') ?? true;
        const options = { ...access.client, userAgent: 'kube-controller-manager' };
        const clients = separate ? createAccountClients(context.client, options) : undefined;
        await runControllers(signal, context, {
          rootCertificate,
          signingAuthority,
          nodeRanges,
          featureGates,
          queueMetrics,
          ...(names === undefined ? {} : { names }),
          ...(clients === undefined ? {} : { clientOf: clients.of }),
        });
        clients?.close();
      },
    });
  },
};

async function readSigningAuthority(flags: Invocation['flags']): Promise<KeyPair | undefined> {
  const certificate = flags.text('cluster-signing-cert-file');
  const key = flags.text('cluster-signing-key-file');
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined || key === undefined) {
    throw new UsageError('--cluster-signing-cert-file and --cluster-signing-key-file go together');
  }
  return {
    certificate: await readGivenFile('--cluster-signing-cert-file', certificate),
    key: await readGivenFile('--cluster-signing-key-file', key),
  };
}

function readNames(list: string | undefined): readonly string[] | undefined {
  const names = list?.split(',');
  const known = knownControllers().flatMap(({ name, alias }) => [name, alias]);
  const unknown = names?.find((name) => name !== '*' && !known.includes(name.replace(/^-/, '')));
  if (unknown === undefined) return names;
  throw new UsageError(`There is no controller "${unknown.replace(/^-/, '')}"; there are ${known.join(', ')}`);
}

/** Lines of 120 characters. */
function namesWhere(offByDefault: boolean, title: string): readonly string[] {
  const there = knownControllers().filter((one) => (one.offByDefault ?? false) === offByDefault);
  const names = there.map(({ name }) => name).toSorted();
  const text = `${title}: ${names.join(', ')}.`;
  return text.match(/.{1,120}(?: |$)/g)?.map((line) => line.trimEnd()) ?? [];
}

function authorityOf({ client }: ClusterAccess): string {
  const ca = client.tls?.ca;
  if (ca === undefined) {
    throw new SetupError(
      'The kubeconfig names no certificate authority for pods to trust: give it with --root-ca-file',
    );
  }
  return ca;
}
