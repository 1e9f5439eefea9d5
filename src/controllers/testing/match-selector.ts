/** Selectors in their text form, as far as tests need them: equality, `in` for labels; equality of fields. */
import type { KubeObject } from '../../api/kind.ts';

export function labelsMatch(labels: Readonly<Record<string, string>>, selector: string | undefined): boolean {
  return terms(selector).every((term) => {
    const [, key, operator, value] = /^([^!=]+?)\s*(?:(!=|==?)\s*(.*))?$/.exec(term) ?? [];
    if (key === undefined) return labels[term.slice(1)] === undefined;
    if (operator === undefined) return labels[key] !== undefined;
    return operator === '!=' ? labels[key] !== value : labels[key] === value;
  });
}

export function fieldsMatch(object: KubeObject, selector: string | undefined): boolean {
  return terms(selector).every((term) => {
    const [path = '', value = ''] = term.split(/==?/);
    const negated = path.endsWith('!');
    const field = path.replace(/!$/, '').split('.').reduce<unknown>(property, object) ?? '';
    return (field === value) !== negated;
  });
}

const terms = (selector: string | undefined): readonly string[] =>
  (selector ?? '').split(',').filter((term) => term !== '');

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
