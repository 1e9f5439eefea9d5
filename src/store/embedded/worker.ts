/** The database thread: answers one request after the other; a compaction gets a slice of time between them. */
import { parentPort } from 'node:worker_threads';
import { Database } from './database.ts';
import { toFailure } from './failure.ts';
import type { Answers, CompactRequest, Question, Reply, Request } from './messages.ts';
import { buffersOf, worthTransferring } from './pack.ts';

if (parentPort === null) throw new Error('Cannot run the database thread: it was started as a program');
const port = parentPort;
let database: Database | undefined;
/** Ids of the compactions that have yet to be answered. */
let compacting: number[] = [];
let sweeping = false;

port.on('message', ({ id, request }: Question) => {
  attempt([id], () => {
    if (request.type === 'compact') return startCompaction(id, request);
    const answer = carryOut(request);
    port.postMessage({ id, ok: true, answer } satisfies Reply, transferOf(answer));
    if (request.type === 'close') port.close();
  });
});

function carryOut(request: Exclude<Request, { type: 'compact' }>): Answers[keyof Answers] {
  if (request.type === 'open') {
    const opening = new Database(request);
    try {
      opening.recover();
      const opened = opening.readAll();
      database = opening;
      // What the last process left of a compaction.
      startSweep();
      return opened;
    } catch (error) {
      opening.close();
      throw error;
    }
  }
  if (database === undefined) throw new Error('Cannot serve a request: the database is not open');
  switch (request.type) {
    case 'commit':
      return database.commit(request);
    case 'apply':
      return database.apply(request.records);
    case 'superseded':
      database.catchUp();
      return database.superseded(request.positions);
    case 'recycle':
      database.recycleLogFile(request.path);
      return undefined;
    case 'values':
      database.triesToCatchUp();
      return database.values(request);
    case 'history':
      database.catchUp();
      return database.history(request);
    case 'before':
      database.catchUp();
      return database.before(request);
    case 'size':
      return database.size();
    case 'defragment':
      database.catchUp();
      database.defragment();
      return undefined;
    case 'close':
      database.close();
      database = undefined;
      return undefined;
  }
}

function startCompaction(id: number, { revision, untilSwept }: CompactRequest): void {
  database?.catchUp();
  database?.startCompaction(revision);
  if (untilSwept) compacting.push(id);
  else port.postMessage({ id, ok: true, answer: undefined } satisfies Reply);
  startSweep();
}

function startSweep(): void {
  if (!sweeping) setImmediate(sweep);
  sweeping = true;
}

function sweep(): void {
  sweeping = false;
  attempt(compacting, () => {
    if (database?.sweep() === true) return startSweep();
    const done = compacting;
    compacting = [];
    for (const id of done) port.postMessage({ id, ok: true, answer: undefined } satisfies Reply);
  });
}

/** The one place where what SQLite throws becomes an answer. */
function attempt(ids: readonly number[], work: () => void): void {
  try {
    work();
  } catch (error) {
    const failure = toFailure(error);
    compacting = compacting.filter((id) => !ids.includes(id));
    for (const id of ids) port.postMessage({ id, ok: false, failure } satisfies Reply);
  }
}

function transferOf(answer: Answers[keyof Answers]): ArrayBuffer[] {
  if (answer === undefined) return [];
  if ('blocks' in answer) return worthTransferring(buffersOf(answer));
  return 'numbers' in answer ? [answer.numbers.buffer, answer.leaseOfKey.buffer] : [];
}
