/**
 * JSON patches (RFC 6902) as the API server takes them, which is more lenient than the standard: replacing a missing key
 * adds it, a missing value is null, copying from a missing key copies null, a path's text before its first slash is
 * ignored, and list indexes may count from the end (-1).
 *
 * Documents are never changed: what a path passes through is copied once.
 */
import { isDeepStrictEqual } from 'node:util';
import { ApiError } from '../api-error.ts';
import { goJsonKind, isJsonObject, setOwn } from '../codec/json-object.ts';
import type { Json, JsonObject } from '../schema.ts';

export interface JsonPatchOperation {
  readonly op: string;
  readonly path: string | undefined;
  readonly from: string | undefined;
  readonly value: Json;
}

const maxOperations = 10_000;
const maxCopiedBytes = 3 * 1024 * 1024;

/** How a body is read: by the types of its fields as well, or as it comes. The words of complaints differ. */
export interface PatchReading {
  readonly strict: boolean;
}

/** The operations of a parsed body; throws an ApiError. */
export function readJsonPatch(body: unknown, { strict }: PatchReading): readonly JsonPatchOperation[] {
  const [listType, itemType] = strict
    ? ['[]handlers.jsonPatchOp', 'handlers.jsonPatchOp']
    : ['jsonpatch.Patch', 'jsonpatch.Operation'];
  if (body === null) return [];
  if (!Array.isArray(body)) throw badPatch(`${goJsonKind(body)} into Go value of type ${listType}`, strict);
  for (const item of body) {
    if (item === null) continue;
    if (!isJsonObject(item)) throw badPatch(`${goJsonKind(item)} into Go value of type ${itemType}`, strict);
    if (strict) checkTexts(item as JsonObject);
  }
  if (body.length > maxOperations) {
    const text = `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${body.length}`;
    throw new ApiError('RequestEntityTooLarge', `Request entity too large: ${text}`);
  }
  return body.map(readOperation);
}

const textFields = ['op', 'path', 'from'];

/** Fields of an operation that no operation has, with their paths in the patch. */
export function unknownOperationFields(body: unknown): readonly string[] {
  if (!Array.isArray(body)) return [];
  return body.flatMap((item: unknown, i) =>
    isJsonObject(item)
      ? Object.keys(item).flatMap((name) => (name === 'value' || textFields.includes(name) ? [] : [`[${i}].${name}`]))
      : [],
  );
}

function checkTexts(item: JsonObject): void {
  for (const [name, value] of Object.entries(item)) {
    if (value === null || typeof value === 'string' || !textFields.includes(name)) continue;
    throw badPatch(`${goJsonKind(value)} into Go struct field jsonPatchOp.${name} of type string`, true);
  }
}

function readOperation(item: unknown): JsonPatchOperation {
  const fields = isJsonObject(item) ? (item as JsonObject) : {};
  const text = (name: string): string | undefined => {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  const value = Object.hasOwn(fields, 'value') ? (fields['value'] as Json) : null;
  return { op: text('op') ?? '', path: text('path'), from: text('from'), value };
}

const badPatch = (what: string, strict: boolean): ApiError =>
  new ApiError('BadRequest', `${strict ? 'error decoding patch: ' : ''}json: cannot unmarshal ${what}`);

/** The document after all operations; an ApiError when one of them does not apply. */
export function applyJsonPatch(document: Json, operations: readonly JsonPatchOperation[]): Json {
  const editor: Editor = { root: document, own: new Set(), copiedBytes: 0 };
  try {
    for (const operation of operations) applyOperation(editor, operation);
  } catch (error) {
    if (error instanceof OperationError) throw rejected();
    throw error;
  }
  for (const container of editor.own) sortKeys(container);
  return editor.root;
}

const rejected = (): ApiError =>
  new ApiError('Invalid', 'the server rejected our request due to an error in our request', {});

class OperationError extends Error {}

interface Editor {
  root: Json;
  /** Containers that were made here and may be changed. */
  readonly own: Set<object>;
  copiedBytes: number;
}

/** What was opened is written anew, its keys in order: errors show it. */
function sortKeys(container: object): void {
  if (Array.isArray(container)) return;
  const fields = container as Record<string, Json>;
  for (const key of Object.keys(fields).sort()) {
    const value = fields[key] ?? null;
    Reflect.deleteProperty(fields, key);
    setOwn(fields, key, value);
  }
}

function applyOperation(editor: Editor, operation: JsonPatchOperation): void {
  const path = textOf(operation.path);
  switch (operation.op) {
    case 'add':
      return add(editor, path, operation.value);
    case 'remove':
      remove(editor, path);
      return;
    case 'replace':
      return replace(editor, path, operation.value);
    case 'move': {
      const from = textOf(operation.from);
      const value = read(editor, from);
      remove(editor, from);
      return add(editor, path, value ?? null);
    }
    case 'copy': {
      const value = read(editor, textOf(operation.from)) ?? null;
      editor.copiedBytes += JSON.stringify(value).length;
      if (editor.copiedBytes > maxCopiedBytes) throw new OperationError();
      return add(editor, path, structuredClone(value));
    }
    case 'test': {
      const value = path === '' ? editor.root : read(editor, path);
      if (!isDeepStrictEqual(value ?? null, operation.value)) throw new OperationError();
      return undefined;
    }
    default:
      throw new OperationError();
  }
}

function textOf(path: string | undefined): string {
  if (path === undefined) throw new OperationError();
  return path;
}

type Container = Json[] | Record<string, Json>;

interface Target {
  readonly container: Container;
  readonly key: string;
}

/** The container that holds the last step of the path, made writable on the way; undefined when a step is missing. */
function find(editor: Editor, path: string): Target | undefined {
  const steps = path.split('/').slice(1).map(unescapeStep);
  const key = steps.pop();
  if (key === undefined || !isContainer(editor.root)) return undefined;
  let container = writable(editor, editor.root);
  editor.root = container;
  for (const step of steps) {
    const next = childOf(container, step);
    if (!isContainer(next)) return undefined;
    const copy = writable(editor, next);
    if (Array.isArray(container)) container[indexOf(container, step, 0)] = copy;
    else setOwn(container, step, copy);
    container = copy;
  }
  return { container, key };
}

const unescapeStep = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');

function isContainer(value: Json | undefined): value is Container {
  return typeof value === 'object' && value !== null;
}

function writable(editor: Editor, value: Container): Container {
  if (editor.own.has(value)) return value;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  editor.own.add(copy);
  return copy;
}

function childOf(container: Container, key: string): Json | undefined {
  if (Array.isArray(container)) return container[indexOf(container, key, 0)];
  return Object.hasOwn(container, key) ? container[key] : undefined;
}

/** `room`: how many places behind the last item may be named. */
function indexOf(list: readonly Json[], key: string, room: 0 | 1): number {
  if (!/^[+-]?\d{1,9}$/.test(key)) throw new OperationError();
  const index = Number(key);
  const size = list.length + room;
  if (index >= size || index < -size) throw new OperationError();
  return index < 0 ? index + size : index;
}

function locate(editor: Editor, path: string): Target {
  const target = find(editor, path);
  if (target === undefined) throw new OperationError();
  return target;
}

function add(editor: Editor, path: string, value: Json): void {
  const { container, key } = locate(editor, path);
  if (!Array.isArray(container)) setOwn(container, key, value);
  else if (key === '-') container.push(value);
  else container.splice(indexOf(container, key, 1), 0, value);
}

function replace(editor: Editor, path: string, value: Json): void {
  if (path === '') {
    if (!isContainer(value)) throw new OperationError();
    editor.root = value;
    return;
  }
  const { container, key } = locate(editor, path);
  if (Array.isArray(container)) container[indexOf(container, key, 0)] = value;
  else setOwn(container, key, value);
}

function remove(editor: Editor, path: string): void {
  const { container, key } = locate(editor, path);
  if (Array.isArray(container)) container.splice(indexOf(container, key, 0), 1);
  else {
    if (!Object.hasOwn(container, key)) throw new OperationError();
    Reflect.deleteProperty(container, key);
  }
}

function read(editor: Editor, path: string): Json | undefined {
  const { container, key } = locate(editor, path);
  return childOf(container, key);
}
