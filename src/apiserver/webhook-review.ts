/**
 * The answer of a webhook, read as Kubernetes reads it: JSON or YAML, of the kind that was asked unless it says otherwise,
 * each field of its type. What is wrong is told in the words of Go's readers.
 */
import { DecodeError } from '../api/codec/decode-error.ts';
import { decode } from '../api/codec/decode.ts';
import { goJsonKind, isJsonObject } from '../api/codec/json-object.ts';
import { JsonSyntaxError, parseJson } from '../api/codec/json.ts';
import { parseYaml, YamlSyntaxError } from '../api/codec/yaml.ts';
import { unknownKindText } from '../api/known-kinds.ts';
import { splitApiVersion } from '../api/message.ts';
import type { ObjectType } from '../api/schema.ts';

/** The review that was sent. */
export interface SentReview {
  readonly kind: string;
  readonly apiVersion: string;
}

/** The answer is none that can be read; the message says why. */
export class UnreadableReviewError extends Error {
  override readonly name = 'UnreadableReviewError';
}

/** @throws UnreadableReviewError */
export async function readReview<T>(body: string, sent: SentReview, type: ObjectType<T>): Promise<T> {
  try {
    const value = body.trimStart().startsWith('{') ? parseBody(body) : (await parseYaml(body)).value;
    checkKind(value, sent);
    return decode(type, value ?? {}).value;
  } catch (error) {
    if (error instanceof DecodeError || error instanceof YamlSyntaxError) throw unreadable(error.message);
    throw error;
  }
}

function parseBody(body: string): unknown {
  try {
    return parseJson(Buffer.from(body)).value;
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw unreadable(`${unknownKind}${error.message}`);
    throw error;
  }
}

const unreadable = (why: string): UnreadableReviewError => new UnreadableReviewError(why);

const unknownKind = "couldn't get version/kind; json parse error: ";
const goStruct = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`;
const table = 'pkg/runtime/scheme.go:110';

/** The answer is a review of the version that was sent. What it does not say is taken for that. */
function checkKind(value: unknown, sent: SentReview): void {
  if (value === null) return;
  const mismatch = (what: unknown, target: string): UnreadableReviewError =>
    unreadable(`${unknownKind}json: cannot unmarshal ${goJsonKind(what)} into Go ${target}`);
  if (!isJsonObject(value)) throw mismatch(value, `value of type ${goStruct}`);
  const text = (name: 'apiVersion' | 'kind'): string => {
    const said = value[name] ?? '';
    if (typeof said !== 'string') throw mismatch(said, `struct field .${name} of type string`);
    return said;
  };
  const [said, kind] = [text('apiVersion'), text('kind') || sent.kind];
  if (said.split('/').length > 2) throw unreadable(`unexpected GroupVersion string: ${said}`);
  const apiVersion = said === '' ? sent.apiVersion : said;
  if (apiVersion === sent.apiVersion && kind === sent.kind) return;
  const { group, version } = splitApiVersion(apiVersion);
  const to = splitApiVersion(sent.apiVersion);
  const isOther = kind === sent.kind && group === to.group && (version === 'v1' || version === 'v1beta1');
  if (!isOther && !(apiVersion === 'v1' && kind === 'Status'))
    throw unreadable(unknownKindText(apiVersion, kind, table));
  throw unreadable(`converting (${version}.${kind}) to (${to.version}.${sent.kind}): unknown conversion`);
}
