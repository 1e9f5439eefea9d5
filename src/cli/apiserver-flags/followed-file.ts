/**
 * A configuration file of the server that is read again when it changes. A content that cannot be used is told and changes
 * nothing; changes are taken one after another.
 */
import { configurationHash, type FollowedConfiguration, type Reload } from '../../apiserver/followed-configuration.ts';
import { errorText, type Log } from '../../base/log.ts';
import type { WatchedFiles } from '../../cluster/watched-files.ts';

export interface Following {
  readonly files: WatchedFiles;
  readonly log: Log;
}

/**
 * `what`: for the log. `take` uses a content, the one of the start first.
 * @throws what `take` throws at the start.
 */
export async function followFile(
  path: string,
  what: string,
  { files, log }: Following,
  take: (text: string) => void | Promise<void>,
): Promise<FollowedConfiguration> {
  const text = await files.open(path);
  let seen = text();
  const hash = configurationHash(seen);
  await take(seen);
  const listeners: ((reload: Reload) => void)[] = [];
  const reload = async (before: Promise<void>, next: string): Promise<void> => {
    await before;
    let succeeded = true;
    try {
      await take(next);
      log.info(`Uses a changed ${what}`, { path });
    } catch (error) {
      succeeded = false;
      log.error(`Keeps the ${what}: the changed one cannot be used`, { path, why: errorText(error) });
    }
    for (const listener of listeners) listener({ succeeded, hash: configurationHash(next) });
  };
  let last = Promise.resolve();
  files.onChange(() => {
    const next = text();
    if (next === seen) return;
    seen = next;
    last = reload(last, next);
  });
  return { hash, whenReloaded: (listener) => void listeners.push(listener) };
}
