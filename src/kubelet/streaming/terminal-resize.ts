/**
 * Terminal sizes as they travel: JSON objects `{"Width":80,"Height":24}`, one after the other, in pieces of any length.
 */
import type { TerminalSize } from '../runtimes/runtime.ts';

/** Longer than any size can be: what is not a size by then is dropped. */
const textLimit = 4096;

/** Remembers the last size for a listener that comes late. */
export class ResizeFeed {
  private text = '';
  private last: TerminalSize | undefined;
  private listener: ((size: TerminalSize) => void) | undefined;

  push(chunk: Buffer): void {
    this.text += chunk.toString('utf8');
    for (;;) {
      const end = this.text.indexOf('}');
      if (end < 0) break;
      this.take(this.text.slice(0, end + 1));
      this.text = this.text.slice(end + 1);
    }
    if (this.text.length > textLimit) this.text = '';
  }

  onResize(listener: (size: TerminalSize) => void): void {
    this.listener = listener;
    if (this.last !== undefined) listener(this.last);
  }

  private take(text: string): void {
    const size = parseSize(text);
    if (size === undefined) return;
    this.last = size;
    this.listener?.(size);
  }
}

export function printTerminalSize(size: TerminalSize): string {
  return JSON.stringify({ Width: size.width, Height: size.height });
}

function parseSize(text: string): TerminalSize | undefined {
  const width = /"Width"\s*:\s*(\d{1,5})/i.exec(text)?.[1];
  const height = /"Height"\s*:\s*(\d{1,5})/i.exec(text)?.[1];
  return width === undefined || height === undefined ? undefined : { width: Number(width), height: Number(height) };
}
