/** Field selectors: `status.phase=Running,spec.nodeName!=`. Which fields a kind offers is its descriptor's matter. */
import { SelectorError } from './label-selector.ts';

export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** Reads the text of a query; throws a SelectorError. Terms come sorted. */
export function parseFieldSelector(text: string): readonly FieldRequirement[] {
  return splitTerms(text)
    .sort()
    .filter((term) => term !== '')
    .map((term) => {
      const match = /^(.*?)(!=|==|=)(.*)$/s.exec(term);
      if (match === null) throw new SelectorError(`invalid selector: '${text}'; can't understand '${term}'`);
      const [, field = '', operator, value = ''] = match;
      return { field, operator: operator === '!=' ? '!=' : '=', value: unescape(value) };
    });
}

/** `fields`: the values of all fields that are asked for. */
export function matchesFields(
  requirements: readonly FieldRequirement[],
  fields: Readonly<Record<string, string>>,
): boolean {
  return requirements.every(({ field, operator, value }) => ((fields[field] ?? '') === value) === (operator === '='));
}

export function formatFieldSelector(requirements: readonly FieldRequirement[]): string {
  return requirements
    .map(({ field, operator, value }) => `${field}${operator}${value.replaceAll(/[\\,=]/g, '\\$&')}`)
    .join(',');
}

/** At commas that no backslash stands before. */
function splitTerms(text: string): string[] {
  return text === ''
    ? []
    : [...text.matchAll(/((?:\\.|[^,\\]|\\$)*)(?:,|$)/gs)].slice(0, termCount(text)).map((m) => m[1] ?? '');
}

const termCount = (text: string): number => 1 + text.replaceAll(/\\./gs, '').replaceAll(/[^,]/g, '').length;

function unescape(value: string): string {
  if (!/[\\,=]/.test(value)) return value;
  return value.replaceAll(/\\(.?)|[,=]/gsu, (match, escaped?: string) => {
    if (escaped === undefined) {
      throw new SelectorError(`invalid field selector: unescaped character in value: ${match.codePointAt(0)}`);
    }
    if (escaped === '' || !'\\,='.includes(escaped)) {
      throw new SelectorError(`invalid field selector: invalid escape sequence: ${match}`);
    }
    return escaped;
  });
}
