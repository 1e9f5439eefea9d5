/**
 * Files that may be replaced while the process runs: certificates that are renewed, configuration that is changed. They are
 * looked at every few seconds, by their state and not by events, because mounted Secrets change by a link further up.
 */
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { errorText, type Log } from '../base/log.ts';

export interface WatchedFiles {
  /**
   * The content of a file, now and later. What `check` throws at is refused: at the start to the caller, later by keeping what
   * was there, with a line in the log.
   */
  open(path: string, check?: (text: string) => void): Promise<() => string>;
  /** Calls back after any of the files has changed; returns what ends that. */
  onChange(listener: () => void): () => void;
  close(): void;
}

const defaultIntervalMs = 5000;

export function createWatchedFiles(log: Log, intervalMs = defaultIntervalMs): WatchedFiles {
  const listeners = new Set<() => void>();
  const paths = new Set<string>();
  return {
    async open(path, check = () => undefined) {
      let text = await readFile(path, 'utf8');
      check(text);
      paths.add(path);
      watchFile(path, { interval: intervalMs, persistent: false }, () => {
        try {
          const next = readFileSync(path, 'utf8');
          if (next === text) return;
          check(next);
          text = next;
        } catch (error) {
          log.warn('Keeping what a file said before', { path, why: errorText(error) });
          return;
        }
        for (const listener of listeners) listener();
      });
      return () => text;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      for (const path of paths) unwatchFile(path);
      listeners.clear();
    },
  };
}
