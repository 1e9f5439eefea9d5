/**
 * A short stable hash of a pod template: equal templates hash equally whatever the order of their keys. It need not be the
 * number that Kubernetes itself would compute, only the same each time.
 */
import { fnv1a } from './fnv.ts';

/** The letters of Kubernetes' safe encoding: each digit of the decimal number becomes one. */
const safeLetters = 'bcdfghjklmnpqrstvwxz2456789';

/** `collisionCount` makes another hash of the same template, when a name is taken by another object. */
export function templateHash(template: unknown, collisionCount: number | undefined): string {
  const text = canonical(template) + (collisionCount === undefined ? '' : `\0${collisionCount}`);
  return safeText(String(fnv1a(text)));
}

function safeText(text: string): string {
  let safe = '';
  for (const letter of text) safe += safeLetters[letter.charCodeAt(0) % safeLetters.length];
  return safe;
}

/** JSON with sorted keys, without undefined, null and empty lists, which the API does not tell apart. */
export function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const entries = Object.entries(value).filter(([, of]) => !isAbsent(of));
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, of]) => `${JSON.stringify(key)}:${canonical(of)}`).join(',')}}`;
}

const isAbsent = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);
