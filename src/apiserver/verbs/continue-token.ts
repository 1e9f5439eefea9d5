/** Continue tokens of paged lists: where the next page begins, and the revision that all pages show. */
import { posix } from 'node:path';
import { ApiError } from '../../api/api-error.ts';
import { JsonSyntaxError, parseJson } from '../../api/codec/json.ts';
import { NumberLiteral } from '../../api/codec/decode-error.ts';
import { goJsonKind, isJsonObject } from '../../api/codec/json-object.ts';
import type { JsonObject } from '../../api/schema.ts';

interface ContinueToken {
  /** -1: whatever is current (a list that was continued after its revision was compacted). */
  readonly revision: number;
  /** Key at which the next page begins. */
  readonly from: string;
}

/** The revision of a list's pages is gone: its Status holds a token that goes on with what is current. */
export class ExpiredContinueError extends ApiError {
  private readonly continueToken: string;

  constructor(from: string, scope: string) {
    super(
      'Expired',
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
        'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
        'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
        'deleted between the time the first chunk was returned and now may show up in the list.',
    );
    this.continueToken = encodeContinue(-1, from, scope);
  }

  override toStatus(): JsonObject {
    return { ...super.toStatus(), metadata: { continue: this.continueToken } };
  }
}

/** As Kubernetes writes them: the key without that of the collection. */
export function encodeContinue(revision: number, from: string, scope: string): string {
  const token = { v: 'meta.k8s.io/v1', rv: revision, start: from.slice(scope.length) };
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

/** @throws ApiError BadRequest when the token was not made by a server. */
export function decodeContinue(token: string, scope: string): ContinueToken {
  const stray = token.search(/[^A-Za-z0-9_-]/);
  if (stray >= 0) throw refused(`: illegal base64 data at input byte ${stray}`);
  const { v, rv, start } = readToken(Buffer.from(token, 'base64url'));
  if (v !== 'meta.k8s.io/v1') throw refused(`: server does not recognize this encoded version ${v}`);
  if (rv === 0) throw refused(': incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  if (start === '') throw refused(': encoded start key empty (version meta.k8s.io/v1)');
  const path = start.startsWith('/') ? start : `/${start}`;
  // No token leads out of the collection.
  if (posix.normalize(path) !== path || path.endsWith('/')) throw refused(`: ${start}`);
  return { revision: rv, from: `${scope}${path.slice(1)}` };
}

function refused(why: string): ApiError {
  return new ApiError('BadRequest', `invalid continue token: continue key is not valid${why}`);
}

interface Written {
  readonly v: string;
  readonly rv: number;
  readonly start: string;
}

function readToken(bytes: Uint8Array): Written {
  const value = parseToken(bytes);
  const written = { v: '', rv: 0, start: '' };
  if (value === null) return written;
  if (!isJsonObject(value))
    throw refused(`: json: cannot unmarshal ${goJsonKind(value)} into Go value of type storage.continueToken`);
  for (const [name, given] of Object.entries(value)) {
    if (!Object.hasOwn(written, name) || given === null) continue;
    const [type, fits] = name === 'rv' ? ['int64', Number.isInteger(given)] : ['string', typeof given === 'string'];
    if (!fits) {
      const shown = name === 'rv' && given instanceof NumberLiteral ? `number ${given.text}` : goJsonKind(given);
      throw refused(`: json: cannot unmarshal ${shown} into Go struct field continueToken.${name} of type ${type}`);
    }
    Object.assign(written, { [name]: given });
  }
  return written;
}

function parseToken(bytes: Uint8Array): unknown {
  try {
    return parseJson(bytes).value;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw refused(`: ${noText(bytes[0] ?? 0) ?? error.message}`);
  }
}

/** The complaint about a first byte that is not ASCII; undefined when it is. Go shows the byte as a character. */
function noText(byte: number): string | undefined {
  if (byte < 0x80) return undefined;
  const shown = byte < 0xa1 || byte === 0xad ? `\\u00${byte.toString(16)}` : String.fromCodePoint(byte);
  return `invalid character '${shown}' looking for beginning of value`;
}
