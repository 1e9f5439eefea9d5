import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Reload } from '../../apiserver/followed-configuration.ts';
import { silentLog } from '../../base/log.ts';
import { createWatchedFiles } from '../../cluster/watched-files.ts';
import { followAuthorization } from './followed-authorization.ts';

const head = 'apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\nauthorizers:\n';
const plain = (type: string): string => `- { type: ${type}, name: ${type.toLowerCase()} }\n`;
const webhook =
  '- type: Webhook\n  name: hook\n  webhook:\n    timeout: 3s\n    subjectAccessReviewVersion: v1\n' +
  '    failurePolicy: Deny\n    connectionInfo: { type: KubeConfigFile, kubeConfigFile: /hook }\n';

test(
  'followAuthorization() takes other webhooks and orders, and keeps what it has of a file it cannot use',
  { timeout: 20_000 },
  async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'authorization-'));
    const files = createWatchedFiles(silentLog, 10);
    t.after(async () => {
      files.close();
      await rm(directory, { recursive: true });
    });
    const path = join(directory, 'config.yaml');
    await writeFile(path, head + plain('Node') + plain('RBAC'));
    const hook = { decide: () => undefined };
    const followed = await followAuthorization(path, { files, log: silentLog }, async ({ name }) => {
      assert.equal(name, 'hook');
      return hook;
    });
    assert.deepEqual(followed.modes(), ['Node', 'RBAC']);
    let told: (reload: Reload) => void = () => undefined;
    followed.whenReloaded((reload) => told(reload));
    const changedTo = async (text: string): Promise<boolean> => {
      const reloaded = new Promise<Reload>((resolve) => (told = resolve));
      await writeFile(`${path}.new`, head + text);
      await rename(`${path}.new`, path);
      return (await reloaded).succeeded;
    };
    assert.equal(await changedTo(plain('RBAC') + webhook + plain('Node')), true);
    const modes = followed.modes();
    assert.deepEqual(modes, ['RBAC', hook, 'Node']);
    assert.equal(await changedTo(plain('RBAC')), false, 'one is missing');
    assert.equal(await changedTo(plain('RBAC') + plain('Node') + plain('AlwaysAllow')), false, 'one is too many');
    assert.equal(await changedTo('- 5\n'), false, 'no configuration');
    assert.equal(followed.modes(), modes);
  },
);
