/**
 * What is wrong with a YAML text, in the words of Go's parser: clients see them. Our parser tells where and roughly what;
 * the words follow from what stands there. Go counts lines from zero and leaves the first out, but for faults of its
 * scanner, which come out one higher.
 */
interface Fault {
  /** Our parser's words. */
  readonly reason: string;
  /** Both counted from zero. */
  readonly line: number;
  readonly column: number;
}

const noToken = 'found character that cannot start any token';
const noContent = 'did not find expected node content';
const noKey = 'did not find expected key';
const noDash = "did not find expected '-' indicator";

type Speaker = typeof scanned;

/** Faults that our parser knows as Go's does: a part of its words, and who tells it there, and how. */
const known: readonly (readonly [reason: string, speaker: Speaker, problem: string])[] = [
  ['tab characters', scanned, noToken],
  ['multiline key', scanned, "could not find expected ':'"],
  ["expected ':' after a mapping key", parsed, noKey],
  ['expected the node content', parsed, noContent],
  ['should not have any properties', parsed, noContent],
  ['unknown escape sequence', scanned, 'found unknown escape character'],
  ['hexadecimal character', scanned, 'did not find expected hexdecimal number'],
  ['must contain at least one character', scanned, 'did not find expected alphabetic or numeric character'],
  ['a line break is expected', scanned, 'did not find expected comment or line break'],
  ['cannot be less than one', scanned, 'found an indentation indicator equal to 0'],
];

/** `original`: the text before its lines were moved. */
export function goProblem(text: string, { reason, line, column }: Fault, original = text): string {
  const alias = /^unidentified alias "(.*)"$/.exec(reason);
  if (alias !== null) return `unknown anchor '${alias[1] ?? ''}' referenced`;
  if (/^invalid map key|^cannot decode/.test(reason)) return reason;
  if (/non-printable|valid JSON character|null byte/.test(reason)) return 'control characters are not allowed';
  const lines = text.split('\n');
  const last = lines.length - 1;
  if (reason.includes('quoted scalar')) return scanned(last, 'found unexpected end of stream');
  const here = lines[line] ?? '';
  const before = [...lines.slice(0, line), here.slice(0, column)].join('\n');
  if (reason.includes('within a flow collection')) {
    return parsed(original.endsWith('\n') ? last : last + 1, openCollection(text));
  }
  if (/^[@`]/.test(here.slice(column)) || (here[column] === '%' && column > 0)) return scanned(line, noToken);
  if (reason.includes('missed comma')) return parsed(line, commaExpected(before));
  if (here[column] === '%') return scanned(line, directiveProblem(here));
  for (const [part, speaker, problem] of known) if (reason.includes(part)) return speaker(line, problem);
  if (/bad indentation|separator is expected/.test(reason)) return misplaced(lines, line, column);
  return `line ${line + 1}: ${reason}`;
}

function misplaced(lines: readonly string[], line: number, column: number): string {
  const here = lines[line] ?? '';
  if (/^ *\t/.test(here)) return scanned(line, noToken);
  if (/^:(\s|$)/.test(here.slice(column))) return scanned(line, 'mapping values are not allowed in this context');
  const indent = indentOf(here);
  if (column > indent) return parsed(line, noKey);
  const sibling = lines.slice(0, line).findLast((other) => other.trim() !== '' && indentOf(other) <= indent);
  if (sibling === undefined) return parsed(line, noContent);
  return parsed(line, /^\s*-(\s|$)/.test(sibling) && indentOf(sibling) === indent ? noDash : noKey);
}

const indentOf = (line: string): number => line.length - line.trimStart().length;

const directiveProblem = (line: string): string =>
  /^%\w+(\s|$)/.test(line) ? 'found unknown directive name' : 'found unexpected non-alphabetical character';

/** What the innermost open collection lacks at the end of the text. */
function openCollection(text: string): string {
  return /[[{,:]$/.test(text.trimEnd()) ? noContent : commaExpected(text);
}

function commaExpected(before: string): string {
  const open: string[] = [];
  for (const sign of before) {
    if (sign === '[' || sign === '{') open.push(sign);
    else if (sign === ']' || sign === '}') open.pop();
  }
  return `did not find expected ',' or '${open.at(-1) === '{' ? '}' : ']'}'`;
}

function scanned(line: number, problem: string): string {
  return line === 0 ? problem : `line ${line + 1}: ${problem}`;
}

function parsed(line: number, problem: string): string {
  return line === 0 ? problem : `line ${line}: ${problem}`;
}
