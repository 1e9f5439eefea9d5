/** The field that a validation rule blames: a path below the place of the rule, such as `.a['b-c']`. */
import type { JSONSchemaProps } from '../../groups/apiextensions.v1.ts';

const step = /\.([^.[\]]+)|\['((?:[^'\\]|\\.)*)'\]/y;

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  "'": "'",
  '\\': '\\',
};

/**
 * The path as errors show it, to be put behind that of the rule: `.a.b-c`, or `.a[key]` in a map. Undefined: the schema
 * has no such field.
 */
export function ruleFieldPath(path: string, root: JSONSchemaProps): string | undefined {
  let schema: JSONSchemaProps | undefined = root;
  let shown = '';
  let at = 0;
  while (at < path.length) {
    step.lastIndex = at;
    const found = step.exec(path);
    const name = found?.[1] ?? (found?.[2] === undefined ? undefined : unescaped(found[2]));
    if (found === null || name === undefined) return undefined;
    at += found[0].length;
    const { properties, additionalProperties }: JSONSchemaProps = schema;
    if (properties !== undefined) {
      schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
      shown += `.${name}`;
    } else {
      schema = typeof additionalProperties === 'object' ? additionalProperties : undefined;
      shown += `[${name}]`;
    }
    if (schema === undefined) return undefined;
  }
  return shown;
}

function unescaped(text: string): string | undefined {
  const codes = [...text.matchAll(/\\(.)/g)].map(([, code = '']) => code);
  if (codes.some((code) => !Object.hasOwn(escapes, code))) return undefined;
  return text.replaceAll(/\\(.)/g, (_, code: string) => escapes[code] ?? '');
}
