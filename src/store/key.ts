/**
 * Keys of the store are byte strings: JavaScript strings in which each character is one byte (U+0000 to U+00FF).
 *
 * So every sequence of bytes is a key, `<` orders keys as memcmp does (and as etcd does), and the keys of Kubernetes, which
 * are ASCII, are written as they are. Other text becomes a key by `keyOfText`.
 */

/** The key with the text's UTF-8 bytes. */
export function keyOfText(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** The text whose UTF-8 bytes the key is; bytes that are no UTF-8 become U+FFFD. */
export function textOfKey(key: string): string {
  return Buffer.from(key, 'latin1').toString();
}

/** Whether each character is one byte. */
export function isByteString(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0xff) return false;
  return true;
}

/** The smallest key that is greater: the end of a range that is this key alone. */
export function keyAfter(key: string): string {
  return `${key}\0`;
}
