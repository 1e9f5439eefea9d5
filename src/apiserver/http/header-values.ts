/**
 * Headers as they came: every value of a repeated header for itself. Node's own record joins them with commas, which
 * names of users and groups may contain.
 */
export type HeaderValues = Readonly<Record<string, readonly string[]>>;

/** `raw`: names and values in turn. Names come in lower case. */
export function readHeaderValues(raw: readonly string[]): HeaderValues {
  const headers: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    (headers[name] ??= []).push(raw[index + 1] ?? '');
  }
  return headers;
}

/** What headers below a prefix say: `impersonate-extra-scopes: a` → scopes: [a]. Keys are percent-encoded. */
export function valuesBelow(headers: HeaderValues, prefix: string): Record<string, readonly string[]> {
  const found: Record<string, readonly string[]> = {};
  for (const [name, values] of Object.entries(headers)) {
    if (!name.startsWith(prefix)) continue;
    const key = unescapeKey(name.slice(prefix.length));
    found[key] = [...(found[key] ?? []), ...values];
  }
  return found;
}

/** What cannot be read is taken as it stands. */
function unescapeKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
