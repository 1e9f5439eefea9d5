/** Names of images: https://github.com/distribution/reference, as far as it decides when an image is fetched again. */

const part = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const digest = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const host = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
const domain = `(?:${host}(?:\\.${host})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const pattern = new RegExp(`^(?:${domain}/)?${part}(?:/${part})*(?::([\\w][\\w.-]{0,127}))?(?:@(${digest}))?$`);

/**
 * The image may be another one tomorrow: it says `latest`, or neither tag nor digest. A text that names no image is
 * nobody's latest.
 */
export function isLatest(reference: string): boolean {
  const match = pattern.exec(reference);
  if (match === null || /^[a-f0-9]{64}$/.test(reference)) return false;
  const [, tag, fixed] = match;
  return tag === undefined ? fixed === undefined : tag === 'latest';
}
