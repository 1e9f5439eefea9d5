/**
 * The container runtime port over the Container Runtime Interface v1: containerd, CRI-O and whatever else speaks it on
 * a unix socket. What the interface lacks (importing an image archive) is passed in by who knows the runtime.
 */
import type { ContainerRuntime, ContainerHint, RuntimeCondition } from '../runtimes/runtime.ts';
import { RuntimeError } from '../runtimes/runtime.ts';
import { createCriClient, type CriClient } from './client.ts';
import { criContainers } from './containers.ts';
import { criImages } from './images.ts';
import { criSandboxes } from './sandboxes.ts';

export interface CriRuntimeOptions {
  /** Absolute path of the runtime's unix socket. */
  readonly socketPath: string;
  /** Imports an image archive; without it `images.load` is refused. */
  readonly loadImage?: (file: string) => Promise<readonly string[]>;
}

export function createCriRuntime(options: CriRuntimeOptions): ContainerRuntime {
  const client = createCriClient(options.socketPath);
  let closed = false;
  return {
    sandboxes: criSandboxes(client),
    containers: criContainers(client),
    images: criImages(client, options.loadImage ?? refuseToLoad),
    async version() {
      const answer = await client.call('version', { version: 'v1' });
      return { name: answer.runtimeName, version: answer.runtimeVersion, apiVersion: answer.runtimeApiVersion };
    },
    async status() {
      const { status } = await client.call('status', {});
      const condition = (type: string): RuntimeCondition => {
        const found = status?.conditions.find((each) => each.type === type);
        if (found === undefined) return { ok: false, reason: 'Missing', message: `Runtime reports no ${type}` };
        return { ok: found.status, reason: found.reason, message: found.message };
      };
      return { runtimeReady: condition('RuntimeReady'), networkReady: condition('NetworkReady') };
    },
    subscribe: (listener) => subscribe(client, listener, () => closed),
    close() {
      closed = true;
      client.close();
    },
  };
}

const hints: Readonly<Record<string, ContainerHint['event']>> = {
  '/tasks/start': 'started',
  '/tasks/exit': 'exited',
  '/tasks/oom': 'out-of-memory',
};
const resubscribeMs = 2000;

/**
 * Listens to containerd's events, again whenever the stream breaks off; other runtimes refuse, and then there are no
 * hints.
 */
function subscribe(client: CriClient, listener: (hint: ContainerHint) => void, closed: () => boolean): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const filters = Object.keys(hints).map((topic) => `topic=="${topic}"`);
  let cancel = open();
  return () => {
    stopped = true;
    clearTimeout(timer);
    cancel();
  };

  function open(): () => void {
    return client.subscribe(
      filters,
      (topic, containerId) => {
        const event = hints[topic];
        if (event !== undefined) listener({ containerId, event });
      },
      () => {
        if (stopped || closed()) return;
        timer = setTimeout(() => {
          if (!stopped && !closed()) cancel = open();
        }, resubscribeMs);
        timer.unref();
      },
    );
  }
}

async function refuseToLoad(file: string): Promise<never> {
  throw new RuntimeError(
    'Unimplemented',
    `Cannot load ${file}: this runtime imports no image archives over its interface`,
  );
}
