/**
 * /debug/api_priority_and_fairness/…: what each priority level, queue and waiting request is at, as text in columns that
 * are separated by commas.
 */
import { textAnswer, type Answer, type ApiRequest } from '../request.ts';
import { namespaceOf } from '../request-info.ts';
import type { Fairness } from './fairness.ts';
import type { PriorityLevel } from './priority-level.ts';
import type { Waiting } from './ticket.ts';

const root = '/debug/api_priority_and_fairness/';

/** Undefined: it is another path. */
export function dumpFairness(fairness: Fairness, request: ApiRequest): Answer | undefined {
  const { path } = request.info;
  if (!path.startsWith(root)) return undefined;
  const levels = [...fairness.levels.values()];
  switch (path.slice(root.length)) {
    case 'dump_priority_levels':
      return columns([levelHeaders, ...levels.map(levelRow)]);
    case 'dump_queues':
      return columns([queueHeaders, ...levels.flatMap(queueRows)]);
    case 'dump_requests': {
      const details = (request.query.get('includeRequestDetails') ?? '') !== '';
      const headers = details ? [...requestHeaders, ...detailHeaders] : requestHeaders;
      return columns([headers, ...levels.flatMap((level) => requestRows(level, details))]);
    }
    default:
      return undefined;
  }
}

const none = '<none>';

const levelHeaders = [
  'PriorityLevelName',
  'ActiveQueues',
  'IsIdle',
  'IsQuiescing',
  'WaitingRequests',
  'ExecutingRequests',
  'DispatchedRequests',
  'RejectedRequests',
  'TimedoutRequests',
  'CancelledRequests',
];

function levelRow(level: PriorityLevel): string[] {
  const { name, state, queues, limits, quiescing, counted } = level;
  if (limits.exempt) return [name, ...levelHeaders.slice(1).map(() => none)];
  const active = queues.filter(({ waiting }) => waiting.length > 0).length;
  const { dispatched, refused, timedOut, cancelled } = counted;
  const figures = [state.waiting, state.executing, dispatched, refused, timedOut, cancelled];
  return [name, String(active), String(state.idle), String(quiescing), ...figures.map(String)];
}

const queueHeaders = [
  'PriorityLevelName',
  'Index',
  'PendingRequests',
  'ExecutingRequests',
  'SeatsInUse',
  'NextDispatchR',
  'InitialSeatsSum',
  'MaxSeatsSum',
  'TotalWorkSum',
];

function queueRows({ name, limits, queues }: PriorityLevel): string[][] {
  if (limits.exempt) return [[name, ...queueHeaders.slice(1).map(() => none)]];
  return queues.map(({ waiting, executing, seatsInUse, nextStart }, index) => {
    const sum = (of: (one: Waiting) => number): number => waiting.reduce((so, one) => so + of(one), 0);
    return [
      name,
      String(index),
      String(waiting.length),
      String(executing),
      String(seatsInUse),
      seatSeconds(nextStart),
      String(sum(({ arrival }) => arrival.work.seats)),
      String(sum(({ arrival }) => arrival.work.width)),
      seatSeconds(sum(({ arrival: { work } }) => work.finalSeats * work.additionalMs)),
    ];
  });
}

const seatSeconds = (seatMs: number): string => `${(seatMs / 1000).toFixed(8)}ss`;

const requestHeaders = [
  'PriorityLevelName',
  'FlowSchemaName',
  'QueueIndex',
  'RequestIndexInQueue',
  'FlowDistingsher',
  'ArriveTime',
  'InitialSeats',
  'FinalSeats',
  'AdditionalLatency',
  'StartTime',
];
const detailHeaders = ['UserName', 'Verb', 'APIPath', 'Namespace', 'Name', 'APIVersion', 'Resource', 'SubResource'];

function requestRows(level: PriorityLevel, details: boolean): string[][] {
  return level.queues.flatMap(({ waiting }, queue) =>
    waiting.map((one, index) => {
      const { schema, distinguisher, work, request } = one.arrival;
      const row = [level.name, schema, String(queue), String(index), distinguisher];
      const arrived = new Date(one.arrivedMs).toISOString();
      const seats = [String(work.seats), String(work.finalSeats), `${work.additionalMs}ms`];
      return [...row, arrived, ...seats, '0001-01-01T00:00:00Z', ...(details ? detailsOf(request) : [])];
    }),
  );
}

function detailsOf({ user, info: { verb, path, resource } }: ApiRequest): string[] {
  if (resource === undefined) return [user.name, verb, path, '', '', '', '', ''];
  const { group, version, name = '', subresource } = resource;
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return [user.name, verb, path, namespaceOf(resource), name, apiVersion, resource.resource, subresource];
}

/** Columns as wide as their widest cell, at least 8, with a blank between them. */
function columns(rows: readonly (readonly string[])[]): Answer {
  const widths: number[] = [];
  const cells = rows.map((row) => row.map((cell, index) => (index < row.length - 1 ? `${cell},` : cell)));
  for (const row of cells) {
    row.slice(0, -1).forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 8, cell.length + 1)));
  }
  const lines = cells.map((row) =>
    row.map((cell, index) => (index < row.length - 1 ? cell.padEnd(widths[index] ?? 0) : cell)).join(''),
  );
  return textAnswer(200, `${lines.join('\n')}\n`);
}
