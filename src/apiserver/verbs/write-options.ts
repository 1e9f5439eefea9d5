/** The query parameters that writes share: dryRun, fieldManager, fieldValidation. */
import { ApiError } from '../../api/api-error.ts';
import type { ApiRequest } from '../request.ts';

export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly fieldValidation: 'Ignore' | 'Warn' | 'Strict';
  readonly force: boolean;
}

/** `kind`: the options' kind in error texts, such as CreateOptions. */
export function readWriteOptions(request: ApiRequest, kind: string): WriteOptions {
  const { query } = request;
  const dryRun = query.getAll('dryRun');
  const fieldValidation = query.get('fieldValidation') ?? '';
  const errors: OptionError[] = [];
  for (const value of dryRun) {
    if (value !== 'All') errors.push(unsupported('dryRun', dryRun, ['All']));
  }
  if (!['', 'Ignore', 'Warn', 'Strict'].includes(fieldValidation)) {
    errors.push(unsupported('fieldValidation', fieldValidation, ['', 'Ignore', 'Strict', 'Warn']));
  }
  const manager = query.get('fieldManager') ?? '';
  if (manager.length > 128) {
    errors.push({
      type: 'FieldValueTooLong',
      field: 'fieldManager',
      message: 'Too long: may not be more than 128 bytes',
    });
  }
  if (errors.length > 0) throw invalidOptions(kind, errors);
  return {
    dryRun: dryRun.length > 0,
    fieldManager: manager === '' ? managerFromUserAgent(request.userAgent) : manager,
    fieldValidation: fieldValidation === '' ? 'Warn' : (fieldValidation as WriteOptions['fieldValidation']),
    force: query.get('force') === 'true' || query.get('force') === '1',
  };
}

interface OptionError {
  readonly type: string;
  readonly field: string;
  readonly message: string;
}

function unsupported(field: string, value: unknown, supported: readonly string[]): OptionError {
  const names = supported.map((name) => JSON.stringify(name)).join(', ');
  return {
    type: 'FieldValueNotSupported',
    field,
    message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${names}`,
  };
}

function invalidOptions(kind: string, errors: readonly OptionError[]): ApiError {
  const texts = errors.map(({ field, message }) => `${field}: ${message}`);
  const summary = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  return new ApiError('Invalid', `${kind}.meta.k8s.io "" is invalid: ${summary}`, {
    group: 'meta.k8s.io',
    kind,
    causes: errors.map(({ type, message, field }) => ({ reason: type, message, field })),
  });
}

/** `kubectl/v1.35 (linux/amd64) …` → `kubectl`. */
function managerFromUserAgent(userAgent: string): string {
  const name = userAgent.split('/')[0] ?? '';
  return name === '' ? 'unknown' : name.slice(0, 128);
}
