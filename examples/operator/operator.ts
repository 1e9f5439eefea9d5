/**
 * A whole operator: a namespace with the annotation example.com/greeting gets a ConfigMap `greeting` with that text.
 * Whoever changes or deletes it sees it come back.
 *
 *   KUBECONFIG=… node examples/operator/operator.ts
 */
import { ConfigMaps, Namespaces } from '../../src/api/resources.ts';
import { systemClock } from '../../src/base/clock.ts';
import { createLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { createEventRecorder } from '../../src/client/events.ts';
import { createHttpClient } from '../../src/client/http-client.ts';
import { findClusterAccess } from '../../src/client/kubeconfig.ts';
import { createInformers } from '../../src/client/shared-informers.ts';
import { WorkQueue } from '../../src/client/work-queue.ts';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
const { signal } = stop;

const log = createLog({
  component: 'greeter',
  level: 'info',
  now: Date.now,
  write: (line) => void process.stderr.write(line),
});
const access = await findClusterAccess({ environment: process.env, clock: systemClock });
const client = createHttpClient({ ...access.client, userAgent: 'greeter/1.0' });
const context = { client, clock: systemClock, random: systemRandom, log };

const informers = createInformers({ ...context, signal });
const namespaces = informers.of(Namespaces);
const greetings = informers.of(ConfigMaps, { fieldSelector: 'metadata.name=greeting' });
const events = createEventRecorder({ ...context, component: 'greeter', signal });

const queue = new WorkQueue({ ...context, workers: 4 });
namespaces.onChange(({ object }) => queue.add(object.metadata.name));
greetings.onChange(({ object }) => queue.add(object.metadata.namespace));

await Promise.all([namespaces.whenSynced(), greetings.whenSynced()]);
await queue.run(signal, reconcile);
await informers.whenEnded();
client.close();

/** Looks at what is, and does what is missing; the queue calls again when this throws. */
async function reconcile(name: string): Promise<void> {
  const namespace = namespaces.get(undefined, name);
  const text = namespace?.metadata.annotations?.['example.com/greeting'];
  if (namespace === undefined || text === undefined || namespace.metadata.deletionTimestamp !== undefined) return;
  const greeting = greetings.get(name, 'greeting');
  if (greeting === undefined) {
    await client.create(ConfigMaps, { metadata: { namespace: name, name: 'greeting' }, data: { text } });
    events.event(namespace, 'Normal', 'Greeted', 'Created the greeting');
  } else if (greeting.data?.['text'] !== text) {
    await client.update(ConfigMaps, { ...greeting, data: { ...greeting.data, text } });
    events.event(namespace, 'Normal', 'Greeted', 'Corrected the greeting');
  }
}
