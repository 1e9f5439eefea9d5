/**
 * The image of `slipway demo`: a web server that greets in the name of its pod, made of what this machine has: busybox,
 * small and with a shell in it, else Node.js itself.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeImageArchive, type ImageRecipe } from '../kubelet/runtimes/image-archive.ts';
import { busyboxRecipe, nodeRecipe } from '../kubelet/runtimes/machine-images.ts';
import { findProgram } from '../kubelet/runtimes/run-program.ts';

export interface DemoImage {
  readonly recipe: ImageRecipe;
  readonly madeOf: 'busybox' | 'Node.js';
}

/** The image's name in examples/hello. */
const demoReference = 'slipway.local/hello:1';

const script = [
  'mkdir -p /tmp/www',
  'echo "$GREETING from $POD_NAME on $NODE_NAME" > /tmp/www/index.html',
  'exec httpd -f -p 8080 -h /tmp/www',
].join('\n');

const program = `import { createServer } from 'node:http';
const { GREETING, POD_NAME, NODE_NAME } = process.env;
process.on('SIGTERM', () => process.exit(0));
createServer((request, answer) => answer.end(\`\${GREETING} from \${POD_NAME} on \${NODE_NAME}\\n\`)).listen(8080);
`;

/** @param busybox path of one with httpd, or undefined to make the image of Node.js. */
export async function demoImage(busybox: string | undefined): Promise<DemoImage> {
  if (busybox !== undefined) {
    const recipe = await busyboxRecipe(demoReference, busybox);
    return { recipe: { ...recipe, entrypoint: ['/bin/sh', '-c', script], command: [] }, madeOf: 'busybox' };
  }
  const entries = [{ path: '/hello.mjs', content: program }];
  return { recipe: await nodeRecipe(demoReference, { entries, command: ['/hello.mjs'] }), madeOf: 'Node.js' };
}

/** Path of this machine's busybox, if it has a web server in it. */
export async function busyboxWithServer(): Promise<string | undefined> {
  const path = await findProgram('busybox');
  if (path === undefined) return undefined;
  const { stdout } = await promisify(execFile)(path, ['--list']).catch(() => ({ stdout: '' }));
  return stdout.split('\n').includes('httpd') ? path : undefined;
}

/** Writes the archive, hands it to the action, and removes it. */
export async function withImageArchive<Result>(
  { recipe }: DemoImage,
  action: (file: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-demo-'));
  try {
    const file = join(folder, 'image.tar');
    await writeImageArchive(file, recipe);
    return await action(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
