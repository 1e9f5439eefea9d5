/** The size of what ConfigMaps and Secrets hold. */

/** All values of one object together. */
export const maxObjectDataBytes = 1_048_576;

export function utf8Bytes(text: string): number {
  return Buffer.byteLength(text);
}

/** The size of what a base64 text holds; a client may have sent null for nothing. */
export function base64Bytes(text: string | null): number {
  return Buffer.byteLength(text ?? '', 'base64');
}
