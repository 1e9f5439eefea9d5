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
  return { op: text('op') ?? 'unknown', path: text('path'), from: text('from'), value };
}

const badPatch = (what: string, strict: boolean): ApiError =>
  new ApiError('BadRequest', `${strict ? 'error decoding patch: ' : ''}json: cannot unmarshal ${what}`);

/** The document after all operations; an ApiError that keeps the reason to itself when one of them does not apply. */
export function applyJsonPatch(document: Json, operations: readonly JsonPatchOperation[]): Json {
  try {
    return patchDocument(document, operations);
  } catch (error) {
    if (error instanceof PatchOperationError) throw rejected();
    throw error;
  }
}

/** The same for whoever may know the reason. @throws PatchOperationError */
export function patchDocument(document: Json, operations: readonly JsonPatchOperation[]): Json {
  const editor: Editor = { root: document, own: new Set(), copiedBytes: 0 };
  for (const operation of operations) applyOperation(editor, operation);
  for (const container of editor.own) sortKeys(container);
  return editor.root;
}

const rejected = (): ApiError =>
  new ApiError('Invalid', 'the server rejected our request due to an error in our request', {});

/** An operation does not apply, in the words of the library that Kubernetes patches with. */
export class PatchOperationError extends Error {
  override readonly name = 'PatchOperationError';
  /** The operation was a test, and what it found was something else. */
  readonly testFailed: boolean;

  constructor(message: string, testFailed = false) {
    super(message);
    this.testFailed = testFailed;
  }
}

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
  const { op, value } = operation;
  switch (op) {
    case 'add': {
      const path = pathOf(operation);
      const target = locate(editor, path, `add operation does not apply: doc is missing path: "${path}"`);
      return orFail(add(target, value), `error in add for path: '${path}'`);
    }
    case 'remove': {
      const path = pathOf(operation);
      const target = locate(editor, path, `remove operation does not apply: doc is missing path: "${path}"`);
      return orFail(remove(target), `error in remove for path: '${path}'`);
    }
    case 'replace':
      return replace(editor, pathOf(operation), value);
    case 'move':
      return move(editor, operation);
    case 'copy':
      return copy(editor, operation);
    case 'test':
      return test(editor, pathOf(operation), value);
    default:
      throw new PatchOperationError(`Unexpected kind: ${op}`);
  }
}

const missing = 'missing value';

function pathOf({ op, path }: JsonPatchOperation): string {
  if (path !== undefined) return path;
  const isBrief = op === 'add' || op === 'remove' || op === 'copy';
  const why = isBrief ? missing : `operation missing path field: ${missing}`;
  throw new PatchOperationError(`${op} operation failed to decode path: ${why}`);
}

function fromOf({ op, from }: JsonPatchOperation): string {
  if (from !== undefined) return from;
  const why = `operation, missing from field: ${missing}`;
  throw new PatchOperationError(`${op} operation failed to decode from: ${why}`);
}

function replace(editor: Editor, path: string, value: Json): void {
  if (path === '') {
    if (!isContainer(value)) throw new PatchOperationError('replace operation value must be object or array');
    editor.root = value;
    return;
  }
  const target = locate(editor, path, `replace operation does not apply: doc is missing path: ${path}`);
  const { container, key } = target;
  if (!Array.isArray(container)) return setOwn(container, key, value);
  const index = indexOf(container, key, 0);
  if (typeof index === 'string') {
    throw new PatchOperationError(`replace operation does not apply: doc is missing key: ${path}: ${missing}`);
  }
  container[index] = value;
}

function move(editor: Editor, operation: JsonPatchOperation): void {
  const from = fromOf(operation);
  const source = locate(editor, from, `move operation does not apply: doc is missing from path: ${from}`);
  const place = `error in move for path: '${source.key}'`;
  const value = read(source, place) ?? null;
  orFail(remove(source), place);
  const path = pathOf(operation);
  const target = locate(editor, path, `move operation does not apply: doc is missing destination path: ${path}`);
  orFail(add(target, value), `error in move for path: '${path}'`);
}

function copy(editor: Editor, operation: JsonPatchOperation): void {
  const from = fromOf(operation);
  const source = locate(editor, from, `copy operation does not apply: doc is missing from path: ${from}`);
  const value = read(source, `error in copy for from: '${from}'`) ?? null;
  const path = pathOf(operation);
  const target = locate(editor, path, `copy operation does not apply: doc is missing destination path: ${path}`);
  editor.copiedBytes += JSON.stringify(value).length;
  if (editor.copiedBytes > maxCopiedBytes) {
    const [size, limit] = [editor.copiedBytes, maxCopiedBytes];
    throw new PatchOperationError(
      `Unable to complete the copy, the accumulated size increase of copy is ${size}, exceeding the limit ${limit}`,
    );
  }
  orFail(add(target, structuredClone(value)), 'error while adding value during copy');
}

function test(editor: Editor, path: string, expected: Json): void {
  const found = path === '' ? editor.root : read(placeOfTest(editor, path), `error in test for path: '${path}'`);
  if (isDeepStrictEqual(found ?? null, expected)) return;
  throw new PatchOperationError(`testing value ${path} failed: test failed`, true);
}

const placeOfTest = (editor: Editor, path: string): Target =>
  locate(editor, path, `test operation does not apply: is missing path: ${path}`);

function orFail(problem: string | undefined, place: string): void {
  if (problem !== undefined) throw new PatchOperationError(`${place}: ${problem}`);
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
    const index = Array.isArray(container) ? indexOf(container, step, 0) : undefined;
    if (typeof index === 'string') return undefined;
    const next = childOf(container, index ?? step);
    if (!isContainer(next)) return undefined;
    const copied = writable(editor, next);
    if (Array.isArray(container)) container[index ?? 0] = copied;
    else setOwn(container, step, copied);
    container = copied;
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

function childOf(container: Container, key: string | number): Json | undefined {
  if (Array.isArray(container)) return container[Number(key)];
  return Object.hasOwn(container, key) ? container[key] : undefined;
}

/** Why there is no such place in the list, where there is none. `room`: how many places behind the last item may be named. */
function indexOf(list: readonly Json[], key: string, room: 0 | 1): number | string {
  if (!/^[+-]?\d{1,9}$/.test(key)) return `strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`;
  const index = Number(key);
  const size = list.length + room;
  if (index >= size || index < -size) return `Unable to access invalid index: ${index}: invalid index referenced`;
  return index < 0 ? index + size : index;
}

function locate(editor: Editor, path: string, unless: string): Target {
  const target = find(editor, path);
  if (target === undefined) throw new PatchOperationError(`${unless}: ${missing}`);
  return target;
}

/** Answers why it cannot be done. */
function add({ container, key }: Target, value: Json): string | undefined {
  if (!Array.isArray(container)) setOwn(container, key, value);
  else if (key === '-') container.push(value);
  else {
    const index = indexOf(container, key, 1);
    if (typeof index === 'string') {
      return index.startsWith('strconv') ? `value was not a proper array index: '${key}': ${index}` : index;
    }
    container.splice(index, 0, value);
  }
  return undefined;
}

/** Answers why it cannot be done. */
function remove({ container, key }: Target): string | undefined {
  if (Array.isArray(container)) {
    const index = indexOf(container, key, 0);
    if (typeof index === 'string') return index;
    container.splice(index, 1);
    return undefined;
  }
  if (!Object.hasOwn(container, key)) return `Unable to remove nonexistent key: ${key}: ${missing}`;
  Reflect.deleteProperty(container, key);
  return undefined;
}

function read({ container, key }: Target, place: string): Json | undefined {
  if (!Array.isArray(container)) return childOf(container, key);
  const index = indexOf(container, key, 0);
  if (typeof index === 'string') throw new PatchOperationError(`${place}: ${index}`);
  return container[index];
}
