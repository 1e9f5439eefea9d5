/** The functions that Kubernetes v1.36 gives to every expression. */
import { functionsOf, global, type Functions, type Overload } from '../function.ts';
import { addresses } from './addresses.ts';
import { authorizers } from './authorizers.ts';
import { conversions } from './conversions.ts';
import { namedFormats } from './formats.ts';
import { lists, mapInsertions } from './lists.ts';
import { operators } from './operators.ts';
import { optionals } from './optionals.ts';
import { quantities } from './quantities.ts';
import { regularExpressions } from './regular-expression.ts';
import { strings } from './strings.ts';
import { times } from './times.ts';
import { urls } from './urls.ts';
import { versions } from './versions.ts';

/** A key as a JSON pointer writes it. */
const jsonPatches: readonly Overload[] = [
  global('string_jsonpatch_escapeKey_string', 'jsonpatch.escapeKey', 'string', 'string', (key: string) =>
    key.replaceAll('~', '~0').replaceAll('/', '~1'),
  ),
];

let functions: Functions | undefined;

/** Made when the first expression is compiled. */
export function standardFunctions(): Functions {
  functions ??= functionsOf([
    operators,
    conversions,
    strings,
    times,
    optionals,
    lists,
    mapInsertions,
    regularExpressions,
    urls,
    addresses,
    quantities,
    versions,
    namedFormats,
    authorizers,
    jsonPatches,
  ]);
  return functions;
}
