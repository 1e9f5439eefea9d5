/** How a simulation goes: one line while it runs, a timeline and figures at its end. */
import type { Figures, Second } from '../simulation/figures.ts';
import { duration } from './progress.ts';
import type { Terminal } from './terminal.ts';

const drawMs = 1000;
/** Where nobody watches, a line is worth writing this often at most, and when something changed. */
const plainMs = 10_000;

/** Shows how far it is until the signal aborts. A person sees one line that changes, a log now and then a new one. */
export function showSimulation(terminal: Terminal, figures: () => Figures | undefined, signal: AbortSignal): void {
  let last = '';
  const draw = (): void => {
    const found = figures();
    if (found === undefined) return;
    const line = progressLine(found);
    if (terminal.interactive) terminal.write(`\r\u001B[K${terminal.style('dim', line.slice(0, terminal.columns - 1))}`);
    else if (line !== last) terminal.write(`${line}\n`);
    last = line;
  };
  const timer = setInterval(draw, terminal.interactive ? drawMs : plainMs).unref();
  const end = (): void => {
    clearInterval(timer);
    if (terminal.interactive) terminal.write('\r\u001B[K');
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
}

function progressLine({ snapshot }: Figures): string {
  const { nodes, nodesReady, pods, podsBound, podsRunning, podsOver } = snapshot;
  const over = podsOver === 0 ? '' : `, ${podsOver} over`;
  return `nodes ${nodesReady}/${nodes} ready · pods ${pods}: ${podsBound} bound, ${podsRunning} running${over}`;
}

/** The figures and the timeline, as text of several lines. */
export function simulationReport(figures: Figures): string {
  const { latenciesMs, timeline, allReadyMs } = figures;
  const lines = [progressLine(figures)];
  if (allReadyMs !== undefined) lines.push(`all nodes ready after ${duration(allReadyMs)}`);
  for (const [what, name] of busyCounts) {
    const busy = busyStretch(timeline, what);
    if (busy !== undefined)
      lines.push(`${name}: ${busy.total} in ${busy.seconds} s, ${busy.perSecond}/s, most ${busy.most}/s`);
  }
  if (latenciesMs.length > 0) {
    const at = (share: number): string => duration(latenciesMs[Math.ceil(share * latenciesMs.length) - 1] ?? 0);
    lines.push(`creation to running: p50 ${at(0.5)}, p90 ${at(0.9)}, p99 ${at(0.99)}, last ${at(1)}`);
  }
  return `${[...lines, ...timelineRows(timeline)].join('\n')}\n`;
}

const busyCounts = [
  ['created', 'pods created'],
  ['running', 'pods running'],
  ['removed', 'pods removed'],
] as const;

/** From the first to the last second in which any was counted. */
function busyStretch(timeline: readonly Second[], what: keyof Second) {
  const counts = timeline.map((second) => second[what]);
  const first = counts.findIndex((count) => count > 0);
  if (first < 0) return undefined;
  const seconds = counts.findLastIndex((count) => count > 0) - first + 1;
  const total = counts.reduce((a, b) => a + b, 0);
  return { total, seconds, perSecond: Math.round(total / seconds), most: Math.max(...counts) };
}

const mostRows = 20;
const barWidth = 30;

/** The seconds in which pods came or went, put together to so many rows. */
function timelineRows(timeline: readonly Second[]): readonly string[] {
  const isBusy = ({ created, bound, running, removed }: Second): boolean => created + bound + running + removed > 0;
  const first = timeline.findIndex(isBusy);
  if (first < 0) return [];
  const busy = timeline.slice(first, timeline.findLastIndex(isBusy) + 1);
  const step = Math.ceil(busy.length / mostRows);
  const rows = Array.from({ length: Math.ceil(busy.length / step) }, (_, index) => {
    const sum = (what: keyof Second): number =>
      busy.slice(index * step, (index + 1) * step).reduce((total, second) => total + second[what], 0);
    return {
      second: first + index * step,
      created: sum('created'),
      bound: sum('bound'),
      running: sum('running'),
      removed: sum('removed'),
    };
  });
  const most = Math.max(1, ...rows.map(({ running }) => running));
  const cell = (value: number | string): string => String(value).padStart(8);
  return [
    `${cell('second')}${cell('created')}${cell('bound')}${cell('running')}${cell('removed')}`,
    ...rows.map(({ second, created, bound, running, removed }) => {
      const bar = '█'.repeat(Math.round((running / most) * barWidth));
      return `${cell(second)}${cell(created)}${cell(bound)}${cell(running)}${cell(removed)}  ${bar}`.trimEnd();
    }),
  ];
}
