/** What is wrong with an expression, and where, written as cel-go writes it: the message, the line, and a mark below it. */

export interface Issue {
  readonly message: string;
  /** From 1; -1: about the whole. */
  readonly line: number;
  /** In code points, from 0; -1: about the whole. */
  readonly column: number;
}

export class Source {
  readonly text: string;
  /** The text as code points: offsets and columns count these. */
  readonly characters: readonly string[];
  readonly #lineStarts: readonly number[];

  constructor(text: string) {
    this.text = text;
    this.characters = [...text];
    const starts = [0];
    for (const [at, character] of this.characters.entries()) if (character === '\n') starts.push(at + 1);
    this.#lineStarts = starts;
  }

  /** An issue at an offset in code points; undefined: about the whole. */
  issue(message: string, offset: number | undefined): Issue {
    if (offset === undefined) return { message, line: -1, column: -1 };
    let line = this.#lineStarts.length;
    while (line > 1 && (this.#lineStarts[line - 1] ?? 0) > offset) line--;
    return { message, line, column: offset - (this.#lineStarts[line - 1] ?? 0) };
  }

  snippet(line: number): string | undefined {
    const start = this.#lineStarts[line - 1];
    if (start === undefined) return undefined;
    const next = this.#lineStarts[line];
    return this.characters.slice(start, next === undefined ? undefined : next - 1).join('');
  }
}

const maxShown = 100;
const maxSnippetLength = 16_384;

/** All issues as one text, in the order of their places. */
export function formatIssues(source: Source, issues: readonly Issue[]): string {
  const ordered = issues.toSorted((a, b) => a.line - b.line || a.column - b.column);
  const shown = ordered.slice(0, maxShown).map((issue) => formatIssue(source, issue));
  const more = issues.length - maxShown;
  return [...shown, ...(more > 0 ? [`${more} more errors were truncated`] : [])].join('\n');
}

function formatIssue(source: Source, { message, line, column }: Issue): string {
  const head = `ERROR: <input>:${line}:${column + 1}: ${message}`;
  const snippet = source.snippet(line)?.replaceAll('\t', ' ');
  if (snippet === undefined || snippet.length > maxSnippetLength) return head;
  const characters = [...snippet];
  const before = characters.slice(0, Math.max(column, 0)).map((each) => (isWide(each) ? '．' : '.'));
  const mark = isWide(characters[column]) ? '＾' : '^';
  return `${head}\n | ${snippet}\n | ${before.join('')}${mark}`;
}

const isWide = (character: string | undefined): boolean => character !== undefined && character > '\x7F';
