/** How changed configuration files were taken, under Kubernetes' names. */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { Registry } from '../../base/metrics.ts';
import type { FollowedConfiguration } from '../followed-configuration.ts';

/** Which of the server's files. */
export type ConfigurationName = 'authentication' | 'authorization' | 'encryption';

export function countReloads(
  registry: Registry,
  file: ConfigurationName,
  followed: FollowedConfiguration,
  now: () => number,
): void {
  const name = `apiserver_${file}_config_controller`;
  const server = `sha256:${createHash('sha256').update(hostname()).digest('hex')}`;
  const labels = ['apiserver_id_hash', 'status'];
  const total = registry.counter({
    name: `${name}_automatic_reloads_total`,
    help: `Changed ${file} configurations by whether they could be used`,
    labels,
  });
  const last = registry.gauge({
    name: `${name}_automatic_reload_last_timestamp_seconds`,
    help: `When a changed ${file} configuration was last read`,
    labels,
  });
  const info = registry.gauge({
    name: `${name}_last_config_info`,
    help: `The ${file} configuration in use`,
    labels: ['apiserver_id_hash', 'hash'],
  });
  info.of(server, followed.hash).set(1);
  followed.whenReloaded(({ succeeded, hash }) => {
    const status = succeeded ? 'success' : 'failure';
    total.of(server, status).add();
    last.of(server, status).set(now() / 1000);
    if (!succeeded) return;
    info.clear();
    info.of(server, hash).set(1);
  });
}
