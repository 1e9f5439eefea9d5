/**
 * The files that a simulated container sees: its mounts, which are real folders of this machine, and what it wrote
 * elsewhere, which is only remembered.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mount } from './runtime.ts';

export interface SimulatedFiles {
  /** Undefined when there is no such file. */
  read(path: string): Buffer | undefined;
  /** Throws as the machine does when a mount refuses. */
  write(path: string, content: string, append: boolean): void;
  exists(path: string): boolean;
}

export function simulatedFiles(mounts: readonly Mount[], initial: Readonly<Record<string, string>>): SimulatedFiles {
  const own = new Map(Object.entries(initial).map(([path, content]) => [path, Buffer.from(content)]));
  const locate = (path: string): { readonly hostPath: string; readonly mount: Mount } | undefined => {
    const covering = mounts.filter(
      ({ containerPath }) => path === containerPath || path.startsWith(`${containerPath}/`),
    );
    const mount = covering.toSorted((a, b) => b.containerPath.length - a.containerPath.length)[0];
    return mount === undefined
      ? undefined
      : { mount, hostPath: join(mount.hostPath, path.slice(mount.containerPath.length)) };
  };
  return {
    read(path) {
      const place = locate(path);
      if (place === undefined) return own.get(path);
      return existsSync(place.hostPath) ? readFileSync(place.hostPath) : undefined;
    },
    write(path, content, append) {
      const place = locate(path);
      if (place === undefined) {
        own.set(
          path,
          Buffer.concat([append ? (own.get(path) ?? Buffer.alloc(0)) : Buffer.alloc(0), Buffer.from(content)]),
        );
        return;
      }
      if (place.mount.readonly === true) throw new Error(`can't create ${path}: Read-only file system`);
      if (append) appendFileSync(place.hostPath, content);
      else writeFileSync(place.hostPath, content);
    },
    exists(path) {
      const place = locate(path);
      return place === undefined ? own.has(path) : existsSync(place.hostPath);
    },
  };
}
