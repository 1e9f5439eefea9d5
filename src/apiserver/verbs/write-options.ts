/** The query parameters that writes share: dryRun, fieldManager, fieldValidation. */
import { invalid, invalidError, notSupported, tooLong, type FieldError } from '../../api/field-error.ts';
import type { ApiRequest } from '../request.ts';
import { isTrueParameter } from '../request-info.ts';

export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly fieldValidation: 'Ignore' | 'Warn' | 'Strict';
  readonly force: boolean;
}

/**
 * `kind`: the options' kind in error texts, such as CreateOptions; `more`: what else is wrong with them.
 * @throws ApiError Invalid
 */
export function readWriteOptions(request: ApiRequest, kind: string, more: readonly FieldError[] = []): WriteOptions {
  const { query } = request;
  const dryRun = query.getAll('dryRun');
  const fieldValidation = query.get('fieldValidation') ?? '';
  const manager = query.get('fieldManager') ?? '';
  const errors = [...more, ...managerErrors(manager)];
  if (dryRun.some((value) => value !== 'All')) errors.push(notSupported('dryRun', dryRun, ['All']));
  if (!['', 'Ignore', 'Warn', 'Strict'].includes(fieldValidation)) {
    errors.push(notSupported('fieldValidation', fieldValidation, ['', 'Ignore', 'Strict', 'Warn']));
  }
  if (errors.length > 0) throw invalidError('meta.k8s.io', kind, '', errors);
  return {
    dryRun: dryRun.length > 0,
    fieldManager: manager === '' ? managerFromUserAgent(request.userAgent) : manager,
    fieldValidation: fieldValidation === '' ? 'Warn' : (fieldValidation as WriteOptions['fieldValidation']),
    force: isTrueParameter(query.get('force')),
  };
}

const maxManagerBytes = 128;
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

function managerErrors(manager: string): FieldError[] {
  const errors: FieldError[] = [];
  if (Buffer.byteLength(manager) > maxManagerBytes) errors.push(tooLong('fieldManager', maxManagerBytes));
  let position = 0;
  for (const character of manager) {
    if (!printable.test(character)) {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      errors.push(invalid('fieldManager', manager, `invalid character U+${code} (at position ${position})`));
    }
    position += Buffer.byteLength(character);
  }
  return errors;
}

/** `kubectl/v1.35 (linux/amd64) …` → `kubectl`. */
function managerFromUserAgent(userAgent: string): string {
  const name = userAgent.split('/')[0] ?? '';
  return name === '' ? 'unknown' : name.slice(0, 128);
}
