/**
 * The steps of a long command, each with a tick and its time.
 *
 * A person sees the running step with its seconds counting; a script gets one plain line a step when it is done. Lines
 * that others write meanwhile (logs) go through `note`, so that they do not tear the running line.
 */
import type { Steps } from '../cluster/steps.ts';
import type { Terminal } from './terminal.ts';

/** @param now monotonic, in milliseconds. */
export function createProgress(terminal: Terminal, now: () => number): Steps {
  let running: { readonly name: string; readonly startedAt: number; howFar: string } | undefined;

  const clear = (): void => {
    if (terminal.interactive && running !== undefined) terminal.write('\r\u001B[K');
  };
  const draw = (): void => {
    if (!terminal.interactive || running === undefined) return;
    const seconds = Math.floor((now() - running.startedAt) / 1000);
    const howFar = running.howFar === '' ? '' : ` ${running.howFar}`;
    const text = `· ${running.name} …${howFar}${seconds === 0 ? '' : ` ${seconds} s`}`;
    terminal.write(`\r\u001B[K${terminal.style('dim', text.slice(0, terminal.columns - 1))}`);
  };
  const finish = (mark: string, text: string): void => {
    const elapsed = running === undefined ? 0 : now() - running.startedAt;
    clear();
    running = undefined;
    terminal.write(`${mark} ${text} ${terminal.style('dim', duration(elapsed))}\n`);
  };

  return {
    async step(name, action, detail) {
      const started = { name, startedAt: now(), howFar: '' };
      running = started;
      draw();
      const timer = terminal.interactive ? setInterval(draw, 1000).unref() : undefined;
      try {
        const result = await action((text) => {
          started.howFar = text;
        });
        finish(terminal.style('green', '✔'), detail === undefined ? name : `${name}: ${detail(result)}`);
        return result;
      } catch (error) {
        finish(terminal.style('red', '✖'), name);
        throw error;
      } finally {
        clearInterval(timer);
      }
    },
    note(text) {
      clear();
      terminal.write(`${text}\n`);
      draw();
    },
  };
}

/** `31 ms`, `4.2 s` or `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
