/** How changed configuration of authorization was taken, under Kubernetes' names. */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { FollowedAuthorization } from '../authorization/configure.ts';
import type { Registry } from '../../base/metrics.ts';

export function countReloads(registry: Registry, followed: FollowedAuthorization, now: () => number): void {
  const name = 'apiserver_authorization_config_controller';
  const server = `sha256:${createHash('sha256').update(hostname()).digest('hex')}`;
  const labels = ['apiserver_id_hash', 'status'];
  const total = registry.counter({
    name: `${name}_automatic_reloads_total`,
    help: 'Changed authorization configurations by whether they could be used',
    labels,
  });
  const last = registry.gauge({
    name: `${name}_automatic_reload_last_timestamp_seconds`,
    help: 'When a changed authorization configuration was last read',
    labels,
  });
  const info = registry.gauge({
    name: `${name}_last_config_info`,
    help: 'The authorization configuration in use',
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
