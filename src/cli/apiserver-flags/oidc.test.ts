import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Reload } from '../../apiserver/followed-configuration.ts';
import { silentLog } from '../../base/log.ts';
import { createWatchedFiles } from '../../cluster/watched-files.ts';
import { readArguments } from '../command.ts';
import { command } from '../commands/apiserver.ts';
import { readOidcFlags } from './oidc.ts';

const head = 'apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n';
const issuer =
  'jwt:\n- issuer: { url: "https://issuer.example.com", audiences: [us] }\n' +
  '  claimMappings: { username: { claim: sub, prefix: "" } }\n';

test('readOidcFlags() follows the file of --authentication-config', { timeout: 20_000 }, async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'authentication-'));
  const files = createWatchedFiles(silentLog, 10);
  t.after(async () => {
    files.close();
    await rm(directory, { recursive: true });
  });
  const path = join(directory, 'config.yaml');
  await writeFile(path, `${head}anonymous: { enabled: false }\n`);
  const terminal = {
    interactive: false,
    columns: 80,
    write: () => undefined,
    writeError: () => undefined,
    style: (_: string, text: string) => text,
  };
  const given = readArguments(command, ['--authentication-config', path]);
  const invocation = { ...given, terminal, signal: new AbortController().signal };
  const issuers = await readOidcFlags(invocation, { files, log: silentLog });
  assert.ok(issuers?.configuration);
  assert.equal(issuers.anonymous()?.enabled, false);
  let told: (reload: Reload) => void = () => undefined;
  issuers.configuration.whenReloaded((reload) => told(reload));
  const changedTo = async (text: string): Promise<Reload> => {
    const reloaded = new Promise<Reload>((resolve) => (told = resolve));
    await writeFile(`${path}.new`, head + text);
    await rename(`${path}.new`, path);
    return await reloaded;
  };
  const changed = await changedTo(`anonymous: { enabled: true }\n${issuer}`);
  assert.equal(changed.succeeded, true);
  assert.notEqual(changed.hash, issuers.configuration.hash);
  assert.equal(issuers.anonymous()?.enabled, true);
  const refused = await changedTo('anonymous: { enabled: false }\njwt: 5\n');
  assert.equal(refused.succeeded, false);
  assert.equal(issuers.anonymous()?.enabled, true, 'as before');
});
