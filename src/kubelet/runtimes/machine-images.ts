/**
 * Recipes for images made of this machine's own programs, for machines that reach no registry: what `slipway demo` and
 * the tests run.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ImageEntry, ImageRecipe } from './image-archive.ts';

const run = promisify(execFile);

const basics: readonly ImageEntry[] = [
  { path: '/etc/passwd', content: 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' },
  { path: '/etc/group', content: 'root:x:0:\nnogroup:x:65534:\n' },
  { path: '/root', folder: true, mode: 0o700 },
  { path: '/tmp', folder: true, mode: 0o1777 },
];

/**
 * A shell and the usual small tools, from a statically linked busybox (Debian: busybox-static, whose wget crashes
 * everywhere: use nc).
 */
export async function busyboxRecipe(reference: string, busybox = '/bin/busybox'): Promise<ImageRecipe> {
  const { stdout } = await run(busybox, ['--list']);
  const applets = stdout.split('\n').filter((name) => name !== '' && name !== 'busybox');
  return {
    reference,
    entries: [
      ...basics,
      ...(await programEntries(busybox, '/bin/busybox')),
      ...applets.map((name) => ({ path: `/bin/${name}`, link: 'busybox' })),
    ],
    command: ['sh'],
  };
}

/** This Node.js with the libraries it needs. Further entries are the application. */
export async function nodeRecipe(
  reference: string,
  application: Omit<ImageRecipe, 'reference'>,
  node = process.execPath,
): Promise<ImageRecipe> {
  const program = await programEntries(node, '/usr/local/bin/node');
  return { entrypoint: ['node'], ...application, reference, entries: [...basics, ...program, ...application.entries] };
}

/**
 * A program of this machine at its place in the image, and the shared libraries that it loads, at the paths where the
 * loader looks.
 */
export async function programEntries(program: string, path: string): Promise<readonly ImageEntry[]> {
  const libraries = parseLdd(await run('ldd', [program]).then(({ stdout }) => stdout, lddRefusal));
  return [{ path, source: program }, ...libraries.map((library) => ({ path: library, source: library }))];
}

/** Absolute paths in what `ldd` prints: `libc.so.6 => /lib/…/libc.so.6 (0x…)`, `/lib64/ld-linux-x86-64.so.2 (0x…)`. */
export function parseLdd(output: string): readonly string[] {
  const paths = output.split('\n').map((line) => /(?:=>\s*|^\s*)(\/\S+)\s+\(0x/.exec(line)?.[1]);
  return [...new Set(paths.filter((path) => path !== undefined))];
}

/** A statically linked program is refused by `ldd`, and needs no libraries. */
function lddRefusal(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (/not a dynamic executable|statically linked/.test(text)) return '';
  throw error;
}
