/** Continue tokens of paged lists: where the next page begins, and the revision that all pages show. */
import { ApiError } from '../../api/api-error.ts';
import { JsonSyntaxError, parseJson } from '../../api/codec/json.ts';
import type { JsonObject } from '../../api/schema.ts';

interface ContinueToken {
  /** -1: whatever is current (a list that was continued after its revision was compacted). */
  readonly revision: number;
  /** Key of the last object that was sent. */
  readonly startKey: string;
}

/** The revision of a list's pages is gone: its Status holds a token that goes on with what is current. */
export class ExpiredContinueError extends ApiError {
  private readonly continueToken: string;

  /** `after`: key of the last object that was sent. */
  constructor(after: string) {
    super(
      'Expired',
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
        'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
        'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
        'deleted between the time the first chunk was returned and now may show up in the list.',
    );
    this.continueToken = encodeContinue(-1, after);
  }

  override toStatus(): JsonObject {
    return { ...super.toStatus(), metadata: { continue: this.continueToken } };
  }
}

export function encodeContinue(revision: number, startKey: string): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: startKey })).toString('base64url');
}

/** @throws ApiError BadRequest when the token was not made by a server. */
export function decodeContinue(token: string): ContinueToken {
  const refused = (why: string): ApiError =>
    new ApiError('BadRequest', `invalid continue token: continue key is not valid: ${why}`);
  const stray = token.search(/[^A-Za-z0-9_-]/);
  if (stray >= 0) throw refused(`illegal base64 data at input byte ${stray}`);
  const value = readToken(Buffer.from(token, 'base64url'), refused);
  const { v, rv, start } = value as { readonly v?: unknown; readonly rv?: unknown; readonly start?: unknown };
  if (v !== 'meta.k8s.io/v1') {
    throw refused(`server does not recognize this encoded version ${typeof v === 'string' ? v : ''}`);
  }
  if (typeof rv !== 'number' || rv === 0 || typeof start !== 'string') {
    throw refused('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  }
  if (!start.startsWith('/')) throw refused(`Invalid value: ${JSON.stringify(start)}`);
  return { revision: rv, startKey: start };
}

function readToken(bytes: Uint8Array, refused: (why: string) => ApiError): object {
  try {
    const { value } = parseJson(bytes);
    return typeof value === 'object' && value !== null ? value : {};
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw refused(noText(bytes[0] ?? 0) ?? error.message);
  }
}

/** The complaint about a first byte that is not ASCII; undefined when it is. Go shows the byte as a character. */
function noText(byte: number): string | undefined {
  if (byte < 0x80) return undefined;
  const shown = byte < 0xa1 || byte === 0xad ? `\\u00${byte.toString(16)}` : String.fromCodePoint(byte);
  return `invalid character '${shown}' looking for beginning of value`;
}
