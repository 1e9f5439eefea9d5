/** The query parameters of lists and watches: paging, and the version that is wanted. */
import { ApiError } from '../../api/api-error.ts';
import { forbidden, invalidError, notSupported, type FieldError } from '../../api/field-error.ts';
import type { ApiRequest } from '../request.ts';
import { isTrueParameter } from '../request-info.ts';

export interface ListOptions {
  readonly limit: number | undefined;
  readonly continue: string;
  /** Undefined: none was given. */
  readonly resourceVersion: number | undefined;
  readonly match: '' | 'Exact' | 'NotOlderThan';
  readonly sendInitialEvents: boolean | undefined;
  readonly bookmarks: boolean;
  readonly timeoutSeconds: number | undefined;
}

/** @throws ApiError for what cannot be read or does not go together. */
export function readListOptions(request: ApiRequest): ListOptions {
  const { query } = request;
  const timeoutSeconds = readInteger(query, 'timeoutSeconds');
  const limit = readInteger(query, 'limit') ?? 0;
  // What is asked for by the old path of watches counts as a list here.
  const errors = isTrueParameter(query.get('watch')) ? watchErrors(query) : listErrors(query);
  if (errors.length > 0) throw invalidError('meta.k8s.io', 'ListOptions', '', errors);
  return {
    limit: limit > 0 ? limit : undefined,
    continue: query.get('continue') ?? '',
    resourceVersion: readVersion(query),
    match: (query.get('resourceVersionMatch') ?? '') as ListOptions['match'],
    sendInitialEvents: query.has('sendInitialEvents') ? isTrueParameter(query.get('sendInitialEvents')) : undefined,
    bookmarks: isTrueParameter(query.get('allowWatchBookmarks')),
    timeoutSeconds,
  };
}

/** The resource version of a get, list or watch; undefined: none was given. */
export function readVersion(query: URLSearchParams): number | undefined {
  const text = query.get('resourceVersion') ?? '';
  if (text === '') return undefined;
  const isNumber = /^\d+$/.test(text);
  if (isNumber && (text.length < 20 || BigInt.asUintN(64, BigInt(text)) === BigInt(text))) return Number(text);
  const wrong = isNumber ? 'value out of range' : 'invalid syntax';
  const why = `strconv.ParseUint: parsing ${JSON.stringify(text)}: ${wrong}`;
  throw new ApiError('', `resourceVersion: Invalid value: ${JSON.stringify(text)}: ${why}`);
}

/** An integer of 64 bits. @throws ApiError BadRequest */
export function readInteger(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const isNumber = /^[+-]?\d+$/.test(text);
  if (isNumber && BigInt.asIntN(64, BigInt(text)) === BigInt(text)) return Number(text);
  const wrong = isNumber ? 'value out of range' : 'invalid syntax';
  throw new ApiError('BadRequest', `strconv.ParseInt: parsing ${JSON.stringify(text)}: ${wrong}`);
}

const matchField = 'resourceVersionMatch';

function listErrors(query: URLSearchParams): FieldError[] {
  const match = query.get(matchField) ?? '';
  const version = query.get('resourceVersion') ?? '';
  const errors: FieldError[] = [];
  const forbid = (field: string, detail: string): number => errors.push(forbidden(field, detail));
  if (match !== '') {
    if (version === '') forbid(matchField, `${matchField} is forbidden unless resourceVersion is provided`);
    if (query.get('continue')) forbid(matchField, `${matchField} is forbidden when continue is provided`);
    if (match !== 'Exact' && match !== 'NotOlderThan') {
      errors.push(notSupported(matchField, match, ['Exact', 'NotOlderThan', '']));
    }
    if (match === 'Exact' && version === '0') {
      forbid(matchField, `${matchField} "exact" is forbidden for resourceVersion "0"`);
    }
  }
  if (query.has('sendInitialEvents')) forbid('sendInitialEvents', 'sendInitialEvents is forbidden for list');
  return errors;
}

function watchErrors(query: URLSearchParams): FieldError[] {
  const given = query.get(matchField) ?? '';
  const version = query.get('resourceVersion') ?? '';
  // Who asks for no version in particular is taken to want the initial events.
  const unspoken = given === '' && !query.has('sendInitialEvents') && (version === '' || version === '0');
  const match = unspoken ? 'NotOlderThan' : given;
  const initial = unspoken || query.has('sendInitialEvents');
  const errors: FieldError[] = [];
  const forbid = (detail: string): number => errors.push(forbidden(matchField, detail));
  if (initial && match !== 'NotOlderThan') {
    forbid(`sendInitialEvents requires setting ${matchField} to NotOlderThan`);
  }
  if (match !== '') {
    if (!initial) forbid(`${matchField} is forbidden for watch unless sendInitialEvents is provided`);
    if (match !== 'NotOlderThan') errors.push(notSupported(matchField, match, ['NotOlderThan']));
    if (query.get('continue')) forbid(`${matchField} is forbidden when continue is provided`);
  }
  return errors;
}
