import { hostname } from 'node:os';
import { createCertificate } from '../../base/certificate.ts';
import { systemClock } from '../../base/clock.ts';
import { errorText } from '../../base/log.ts';
import type { ComponentContext } from '../../client/component.ts';
import { bootstrapKubelet, withRotation } from '../../cluster/node-credentials.ts';
import { findNodeAddress } from '../../cluster/node-address.ts';
import { SetupError } from '../../cluster/setup-error.ts';
import { createCriRuntime } from '../../kubelet/cri/cri-runtime.ts';
import { runKubelet, type KubeletOptions } from '../../kubelet/kubelet.ts';
import type { ContainerRuntime } from '../../kubelet/runtimes/runtime.ts';
import { createSimulatedRuntime } from '../../kubelet/runtimes/simulated.ts';
import type { Command, Invocation } from '../command.ts';
import { readGivenFile } from '../read-given-file.ts';
import { componentFlags, runComponent } from '../run-component.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  description: [
    'Makes this machine a node of any Kubernetes cluster, with the containerd or CRI-O that runs here. Flags that the kubelet',
    'of Kubernetes has mean the same. Without a serving certificate it makes one that nobody signed: API servers that check',
    "(Slipway's does) refuse it, and logs and exec with it. The network of pods is the runtime's own matter.",
  ].join('\n'),
  flags: {
    'hostname-override': { value: 'NAME', help: "The node's name (default this machine's)." },
    'node-ip': { value: 'IP', help: "The node's address (default that of the default route)." },
    'cloud-provider': {
      value: 'external',
      help: 'The node waits, tainted, for the controllers of a cloud to fill in its addresses, zone and type.',
    },
    'root-dir': { value: 'DIR', help: "Where pods' volumes and logs lie (default /var/lib/kubelet)." },
    'container-runtime-endpoint': {
      value: 'SOCKET',
      help: 'Of the runtime (default unix:///run/containerd/containerd.sock); "simulated" only pretends.',
    },
    'cluster-dns': { value: 'IP,…', help: 'Name servers of pods (default 10.96.0.10).' },
    'cluster-domain': { value: 'NAME', help: "What the cluster's names end in (default cluster.local)." },
    port: { value: 'N', help: 'Port of its own server; 0 takes a free one (default 10250).' },
    'bootstrap-kubeconfig': {
      value: 'FILE',
      help: 'With a bootstrap token: asks for a certificate and writes --kubeconfig when that is not there.',
    },
    'client-ca-file': { value: 'FILE', help: "Authority of that server's clients, PEM (default the kubeconfig's)." },
    'tls-cert-file': { value: 'FILE', help: 'Serving certificate, PEM; with --tls-private-key-file.' },
    'tls-private-key-file': { value: 'FILE', help: 'Key of the serving certificate, PEM.' },
    ...componentFlags,
  },
  examples: {
    'slipway kubelet --kubeconfig kubelet.conf':
      'Join the cluster that the file names, with the containerd of this machine.',
    'slipway kubelet --container-runtime-endpoint simulated --hostname-override pretend':
      'Add a node that only pretends.',
  },
  async run(invocation) {
    const { flags } = invocation;
    const endpoint = flags.text('container-runtime-endpoint') ?? 'unix:///run/containerd/containerd.sock';
    const simulated = endpoint === 'simulated';
    const runtime = simulated ? createSimulatedRuntime({ clock: systemClock }) : criRuntime(endpoint);
    const options = { ...(await readOptions(invocation)), runtime, simulated };
    try {
      await bootstrap(invocation, options.nodeName);
      return await runComponent(invocation, {
        name: 'kubelet',
        elected: false,
        async run(signal, context, access) {
          const clientCa = await readFlagFile(invocation, 'client-ca-file');
          const credentials = { ...options.credentials, clientCa: clientCa ?? access.client.tls?.ca ?? '' };
          const kubeconfig = flags.text('kubeconfig');
          const kubelet = (own: ComponentContext) => runKubelet(signal, own, { ...options, credentials });
          if (kubeconfig === undefined) return kubelet(context);
          await withRotation(signal, context, { access, kubeconfig, nodeName: options.nodeName }, kubelet);
        },
      });
    } finally {
      runtime.close();
    }
  },
};

async function bootstrap({ flags, signal }: Invocation, nodeName: string): Promise<void> {
  const bootstrapKubeconfig = flags.text('bootstrap-kubeconfig');
  if (bootstrapKubeconfig === undefined) return;
  const kubeconfig = flags.text('kubeconfig');
  if (kubeconfig === undefined) throw new UsageError('--bootstrap-kubeconfig goes with --kubeconfig');
  try {
    await bootstrapKubelet({ bootstrapKubeconfig, kubeconfig, nodeName }, signal);
  } catch (error) {
    throw new SetupError(`Cannot join the cluster: ${errorText(error)}`, { cause: error });
  }
}

function criRuntime(endpoint: string): ContainerRuntime {
  if (!/^(unix:\/\/)?\//.test(endpoint)) {
    throw new SetupError(
      `Cannot use the container runtime "${endpoint}": name its socket, such as unix:///run/crio/crio.sock`,
    );
  }
  return createCriRuntime({ socketPath: endpoint.replace(/^unix:\/\//, '') });
}

async function readOptions(invocation: Invocation): Promise<Omit<KubeletOptions, 'runtime'>> {
  const { flags } = invocation;
  const nodeName = flags.text('hostname-override') ?? hostname().toLowerCase();
  const address = flags.text('node-ip') ?? (await findNodeAddress());
  const certificate = await readFlagFile(invocation, 'tls-cert-file');
  const key = await readFlagFile(invocation, 'tls-private-key-file');
  const serving = certificate !== undefined && key !== undefined ? { certificate, key } : unsigned(nodeName, address);
  return {
    nodeName,
    nodeIps: [address],
    waitsForCloud: flags.choice('cloud-provider', ['external']) !== undefined,
    rootDirectory: flags.text('root-dir') ?? '/var/lib/kubelet',
    clusterDns: (flags.text('cluster-dns') ?? '10.96.0.10').split(','),
    clusterDomain: flags.text('cluster-domain') ?? 'cluster.local',
    port: flags.number('port', 0, 65_535) ?? 10_250,
    credentials: { ...serving, clientCa: '' },
  };
}

function unsigned(name: string, address: string): { readonly certificate: string; readonly key: string } {
  const nowMs = systemClock.now();
  const validity = { notBeforeMs: nowMs - 300_000, notAfterMs: nowMs + 365 * 86_400_000 };
  return createCertificate({ commonName: name, usage: 'server', hosts: [name, address], ...validity });
}

async function readFlagFile({ flags }: Invocation, name: string): Promise<string | undefined> {
  const path = flags.text(name);
  return path === undefined ? undefined : await readGivenFile(`--${name}`, path);
}
