/** The files of a volume whose content comes from the API, and how keys of a ConfigMap or Secret become files. */
import type { KeyToPath } from '../../api/groups/core.v1.ts';

export interface PayloadFile {
  readonly data: Buffer;
  /** Permission bits. */
  readonly mode: number;
  /** Owner where it is not root. */
  readonly uid?: number | undefined;
}

/** By path relative to the volume, such as `app/config.yaml`. */
export type Payload = ReadonlyMap<string, PayloadFile>;

export const defaultFileMode = 0o644;

export interface KeySelection {
  readonly items: readonly KeyToPath[] | undefined;
  readonly mode: number;
  /** Keys that are not there are left out instead of refused. */
  readonly optional: boolean;
  /** Names the source in errors. */
  readonly source: string;
}

/** Without items every key is a file of its name. @throws Error when a key of the items is not there. */
export function payloadOfKeys(values: ReadonlyMap<string, Buffer>, selection: KeySelection): Payload {
  const { items, mode, optional, source } = selection;
  if (items === undefined || items.length === 0) {
    return new Map([...values].map(([key, data]) => [key, { data, mode }]));
  }
  const files = new Map<string, PayloadFile>();
  for (const { key, path, mode: own } of items) {
    const data = values.get(key);
    if (data !== undefined) files.set(path, { data, mode: own ?? mode });
    else if (!optional) throw new Error(`references non-existent ${source} key: ${key}`);
  }
  return files;
}

export function configMapValues(object: {
  readonly data?: Readonly<Record<string, string>> | undefined;
  readonly binaryData?: Readonly<Record<string, string>> | undefined;
}): ReadonlyMap<string, Buffer> {
  const text = Object.entries(object.data ?? {}).map(([key, value]) => [key, Buffer.from(value)] as const);
  return new Map([...text, ...secretValues({ data: object.binaryData })]);
}

/** Values of Secrets are base64. */
export function secretValues(object: {
  readonly data?: Readonly<Record<string, string>> | undefined;
}): ReadonlyMap<string, Buffer> {
  return new Map(Object.entries(object.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64')]));
}
