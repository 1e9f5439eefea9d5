/** CPU profiles of a running server that was started with --inspect: one file a stretch, for the engine's developer tools. */
import type { ChildProcess } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Node {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

interface Profile {
  readonly nodes: readonly Node[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export class Profiler {
  readonly #socket: WebSocket;
  readonly #directory: string;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #lastId = 0;

  private constructor(socket: WebSocket, directory: string) {
    this.#socket = socket;
    this.#directory = directory;
    socket.addEventListener('message', ({ data }) => {
      const { id, result } = JSON.parse(String(data)) as { id: number; result: unknown };
      this.#waiting.get(id)?.(result);
      this.#waiting.delete(id);
    });
  }

  /** The address of the inspector is taken from what the server writes at its start. */
  static async connect(address: string, directory: string): Promise<Profiler> {
    await mkdir(directory, { recursive: true });
    const socket = new WebSocket(address);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    });
    const profiler = new Profiler(socket, directory);
    await profiler.#ask('Profiler.enable');
    await profiler.#ask('Profiler.setSamplingInterval', { interval: 250 });
    return profiler;
  }

  async start(): Promise<void> {
    await this.#ask('Profiler.start');
  }

  /** Writes NAME.cpuprofile, and NAME.txt with the functions that took most themselves. */
  async stop(name: string): Promise<void> {
    const { profile } = (await this.#ask('Profiler.stop')) as { profile: Profile };
    await writeFile(join(this.#directory, `${name}.cpuprofile`), JSON.stringify(profile));
    await writeFile(join(this.#directory, `${name}.txt`), summarize(profile));
  }

  close(): void {
    this.#socket.close();
  }

  #ask(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }
}

export async function inspectorOf(server: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of server.stderr ?? []) {
    text += String(chunk);
    const address = /ws:\/\/\S+/.exec(text)?.[0];
    if (address !== undefined) return address;
  }
  throw new Error('The server does not say where its inspector listens');
}

/** Own time and time with callees of each function, in per cent of the time that the thread was not idle. */
function summarize({ nodes, samples, timeDeltas }: Profile): string {
  const own = new Map<number, number>();
  for (const [index, id] of samples.entries()) own.set(id, (own.get(id) ?? 0) + (timeDeltas[index] ?? 0));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const self = new Map<string, number>();
  const total = new Map<string, number>();
  const visit = (node: Node, above: ReadonlySet<string>): number => {
    const name = nameOf(node);
    let time = own.get(node.id) ?? 0;
    self.set(name, (self.get(name) ?? 0) + time);
    const within = new Set(above).add(name);
    for (const child of node.children ?? []) time += visit(byId.get(child) as Node, within);
    if (!above.has(name)) total.set(name, (total.get(name) ?? 0) + time);
    return time;
  };
  const [root] = nodes;
  const all = root === undefined ? 0 : visit(root, new Set());
  const busy = all - (self.get('(idle)') ?? 0);
  const table = (times: ReadonlyMap<string, number>): string =>
    [...times]
      .sort(([, a], [, b]) => b - a)
      .slice(0, 70)
      .map(([name, time]) => `${((time / busy) * 100).toFixed(1).padStart(6)} %  ${name}`)
      .join('\n');
  return `busy ${((busy / all) * 100).toFixed(0)} %\n\nown time\n${table(self)}\n\nwith callees\n${table(total)}\n`;
}

function nameOf({ callFrame: { functionName, url, lineNumber } }: Node): string {
  const place = url.replace(/^.*\/(src|node_modules)\//, '$1/');
  return `${functionName === '' ? '(anonymous)' : functionName}${place === '' ? '' : ` ${place}:${lineNumber + 1}`}`;
}
