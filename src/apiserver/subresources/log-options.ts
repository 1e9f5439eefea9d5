/** The query parameters of pods/log: read and judged before the pod is looked for. */
import { ApiError } from '../../api/api-error.ts';
import { forbidden, invalid, invalidError, type FieldError } from '../../api/field-error.ts';
import { parseTime, TimeError } from '../../api/time.ts';
import { readInteger } from '../verbs/list-options.ts';

/** @throws ApiError BadRequest for what cannot be read, Invalid for what may not be. */
export function checkLogOptions(query: URLSearchParams, name: string): void {
  const tailLines = readInteger(query, 'tailLines');
  const limitBytes = readInteger(query, 'limitBytes');
  const sinceSeconds = readInteger(query, 'sinceSeconds');
  const sinceTime = readSince(query.get('sinceTime'));
  const errors: FieldError[] = [];
  const atLeastOne = (field: string, value: number | undefined): void => {
    if (value !== undefined && value < 1) errors.push(invalid(field, value, 'must be greater than 0'));
  };
  if (tailLines !== undefined && tailLines < 0) {
    errors.push(invalid('tailLines', tailLines, 'must be greater than or equal to 0'));
  }
  atLeastOne('limitBytes', limitBytes);
  if (sinceSeconds !== undefined && sinceTime) {
    errors.push(forbidden('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  } else atLeastOne('sinceSeconds', sinceSeconds);
  if (errors.length > 0) throw invalidError('', 'PodLogOptions', name, errors);
}

/** Whether there is such a time; "null" is what old clients wrote for none. */
function readSince(text: string | null): boolean {
  if (text === null) return false;
  if (text === '' || text === 'null') return true;
  try {
    parseTime(text);
    return true;
  } catch (error) {
    if (error instanceof TimeError) throw new ApiError('BadRequest', error.message);
    throw error;
  }
}

/** The ports that a client asks for: repeated, or parted by commas. @throws ApiError BadRequest */
export function readPorts(query: URLSearchParams): readonly string[] {
  const ports = query.getAll('ports').flatMap((text) => text.split(','));
  for (const port of ports) {
    const isNumber = /^\d+$/.test(port);
    if (isNumber && Number(port) <= 65_535) continue;
    const wrong = isNumber ? 'value out of range' : 'invalid syntax';
    const why = `strconv.ParseUint: parsing ${JSON.stringify(port)}: ${wrong}`;
    throw new ApiError('BadRequest', `cannot convert to []int32: ${why}`);
  }
  return ports;
}
