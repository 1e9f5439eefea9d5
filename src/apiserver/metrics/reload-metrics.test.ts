import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from '../../base/metrics.ts';
import type { Reload } from '../followed-configuration.ts';
import { countReloads } from './reload-metrics.ts';

test('countReloads() tells which configuration is in use and how changes were taken', () => {
  const registry = new Registry();
  let tell: (reload: Reload) => void = () => undefined;
  const followed = { hash: 'sha256:1', whenReloaded: (listener: typeof tell) => void (tell = listener) };
  countReloads(registry, 'authentication', followed, () => 5000);
  const figures = (): readonly string[] =>
    registry
      .text()
      .split('\n')
      .filter((line) => line.startsWith('apiserver_'))
      .map((line) => line.replace(/apiserver_id_hash="sha256:[0-9a-f]{64}",/, ''));
  const prefix = 'apiserver_authentication_config_controller';
  assert.deepEqual(figures(), [`${prefix}_last_config_info{hash="sha256:1"} 1`]);
  tell({ succeeded: false, hash: 'sha256:2' });
  tell({ succeeded: true, hash: 'sha256:3' });
  assert.deepEqual(figures(), [
    `${prefix}_automatic_reload_last_timestamp_seconds{status="failure"} 5`,
    `${prefix}_automatic_reload_last_timestamp_seconds{status="success"} 5`,
    `${prefix}_automatic_reloads_total{status="failure"} 1`,
    `${prefix}_automatic_reloads_total{status="success"} 1`,
    `${prefix}_last_config_info{hash="sha256:3"} 1`,
  ]);
});
