/**
 * What is wrong with a YAML text, in the words of Go's parser: clients see them. Our parser tells where and roughly what;
 * the words follow from what stands there. Go counts lines from zero and leaves the first out, but for faults of its
 * scanner, which come out one higher.
 */
interface Fault {
  /** Our parser's words. */
  readonly reason: string;
  /** Counted from zero. */
  readonly line: number;
}

export function goProblem(text: string, { reason, line }: Fault): string {
  const alias = /^unidentified alias "(.*)"$/.exec(reason);
  if (alias !== null) return `unknown anchor '${alias[1] ?? ''}' referenced`;
  if (reason.includes('quoted scalar')) return scanned(lastLine(text), 'found unexpected end of stream');
  if (reason.includes('flow collection')) return parsed(lastLine(text) + 1, openCollection(text));
  const here = text.split('\n')[line] ?? '';
  if (/^\s*\t/.test(here) || /:\s+[@`%]/.test(here))
    return scanned(line, 'found character that cannot start any token');
  if (reason.includes('bad indentation') || reason.includes('separator is expected'))
    return misplaced(text, here, line);
  return `line ${line + 1}: ${reason}`;
}

function misplaced(text: string, here: string, line: number): string {
  if (/^\s*[}\]]/.test(here)) return parsed(line, 'did not find expected node content');
  if (text.startsWith('- ') && !here.startsWith('-')) return parsed(line, "did not find expected '-' indicator");
  if (/:(\s|$)/.test(here)) return scanned(line, 'mapping values are not allowed in this context');
  return parsed(line, /^\s/.test(here) ? 'did not find expected key' : "could not find expected ':'");
}

/** What the innermost open collection lacks at the end of the text. */
function openCollection(text: string): string {
  const open: string[] = [];
  for (const sign of text) {
    if (sign === '[' || sign === '{') open.push(sign);
    else if (sign === ']' || sign === '}') open.pop();
  }
  if (/[[{,:]$/.test(text.trimEnd())) return 'did not find expected node content';
  return `did not find expected ',' or '${open.at(-1) === '{' ? '}' : ']'}'`;
}

const lastLine = (text: string): number => text.replace(/\n$/, '').split('\n').length - 1;
const scanned = (line: number, problem: string): string => (line === 0 ? problem : `line ${line + 1}: ${problem}`);
const parsed = (line: number, problem: string): string => (line === 0 ? problem : `line ${line}: ${problem}`);
