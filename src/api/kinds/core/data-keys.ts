/** The keys of ConfigMaps and Secrets, which become file names, and the size of what is under them. */

/** All values of one object together. */
export const maxObjectDataBytes = 1_048_576;

const keyPattern = '[-._a-zA-Z0-9]+';

export function configKeyErrors(key: string): readonly string[] {
  const errors: string[] = [];
  if (key.length > 253) errors.push('must be no more than 253 characters');
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) {
    errors.push(
      "a valid config key must consist of alphanumeric characters, '-', '_' or '.' " +
        `(e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '${keyPattern}')`,
    );
  }
  if (key === '.' || key === '..') errors.push(`must not be '${key}'`);
  else if (key.startsWith('..')) errors.push("must not start with '..'");
  return errors;
}

export function utf8Bytes(text: string): number {
  return Buffer.byteLength(text);
}

/** The size of what a base64 text holds. */
export function base64Bytes(text: string): number {
  return Buffer.byteLength(text, 'base64');
}
