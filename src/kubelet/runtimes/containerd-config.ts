/**
 * The configuration file of a private containerd: everything of its own lies below its data directory, nothing listens
 * but its socket and a loopback port.
 */
import { join } from 'node:path';
import type { Machine } from './machine.ts';

export interface ContainerdPaths {
  readonly config: string;
  readonly root: string;
  readonly state: string;
  readonly socket: string;
  readonly log: string;
  readonly networkConfigs: string;
  readonly addressLeases: string;
}

/** Longest path that a unix socket may have. */
const socketPathLimit = 104;

/**
 * Where a containerd keeps what. Its state moves to /run when the data directory's path is too long for a socket, or holds
 * letters that runc takes for something else.
 */
export function containerdPaths(dataDirectory: string, instance: string): ContainerdPaths {
  const near = join(dataDirectory, 'run');
  const isFit = join(near, 'containerd.sock.ttrpc').length <= socketPathLimit && /^[\w./-]+$/.test(near);
  const state = isFit ? near : `/run/slipway-${instance}`;
  return {
    config: join(dataDirectory, 'config.toml'),
    root: join(dataDirectory, 'root'),
    state,
    socket: join(state, 'containerd.sock'),
    log: join(dataDirectory, 'containerd.log'),
    networkConfigs: join(dataDirectory, 'net.d'),
    addressLeases: join(dataDirectory, 'addresses'),
  };
}

export interface ContainerdConfigOptions {
  readonly paths: ContainerdPaths;
  readonly machine: Machine;
  readonly sandboxImage: string;
  readonly pluginDirectory: string;
}

/** Snapshotters and services that no pod needs; leaving them out saves time at the start and noise in the log. */
const unusedPlugins = [
  'io.containerd.snapshotter.v1.aufs',
  'io.containerd.snapshotter.v1.btrfs',
  'io.containerd.snapshotter.v1.devmapper',
  'io.containerd.snapshotter.v1.zfs',
  'io.containerd.internal.v1.restart',
  'io.containerd.internal.v1.tracing',
  'io.containerd.tracing.processor.v1.otlp',
];

export function printContainerdConfig(options: ContainerdConfigOptions): string {
  const { paths, machine } = options;
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return printToml([
    ['', { version: 2, root: paths.root, state: paths.state, disabled_plugins: unusedPlugins }],
    ['grpc', { address: paths.socket }],
    [
      cri,
      {
        sandbox_image: options.sandboxImage,
        restrict_oom_score_adj: !machine.canLowerOomScore,
        netns_mounts_under_state_dir: true,
        stream_server_address: '127.0.0.1',
        stream_server_port: '0',
        enable_unprivileged_ports: true,
        enable_unprivileged_icmp: true,
      },
    ],
    [`${cri}.cni`, { bin_dir: options.pluginDirectory, conf_dir: paths.networkConfigs }],
    [`${cri}.containerd`, { snapshotter: machine.snapshotter }],
    [`${cri}.containerd.runtimes.runc`, { runtime_type: 'io.containerd.runc.v2' }],
    [`${cri}.containerd.runtimes.runc.options`, { SystemdCgroup: false }],
    [`${cri}.registry`, { config_path: '/etc/containerd/certs.d' }],
  ]);
}

type TomlValue = string | number | boolean | readonly string[];

function printToml(tables: readonly (readonly [string, Readonly<Record<string, TomlValue>>])[]): string {
  return tables
    .map(([name, values]) => {
      const lines = Object.entries(values).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`);
      return (name === '' ? '' : `\n[${name}]\n`) + lines.join('');
    })
    .join('');
}
