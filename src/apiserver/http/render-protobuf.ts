/** Answers in protobuf: stored objects from their kept messages, others by the declaration of their kind. */
import { BackwardWriter } from '../../api/codec/backward-writer.ts';
import { envelopeOf } from '../../api/codec/protobuf-envelope.ts';
import { encodeProtobuf, writeProtobuf } from '../../api/codec/write-protobuf.ts';
import { APIGroupDiscoveryList } from '../../api/groups/apidiscovery.v2.ts';
import { TokenRequest } from '../../api/groups/authentication.v1.ts';
import { Scale } from '../../api/groups/autoscaling.v1.ts';
import {
  APIGroup,
  APIGroupList,
  APIResourceList,
  APIVersions,
  ListMeta,
  PartialObjectMetadata,
  PartialObjectMetadataList,
  PartialObjectMetadataListV1beta1,
  Status,
} from '../../api/groups/meta.v1.ts';
import { Eviction } from '../../api/groups/policy.v1.ts';
import { builtinResources, optionalResources } from '../../api/resources.ts';
import type { KindType } from '../../api/message.ts';
import type { JsonObject } from '../../api/schema.ts';
import { messageOf } from '../registry/messages.ts';
import type { Served } from '../registry/served.ts';
import type { Answer, ListAnswer } from '../request.ts';
import type { Piece } from './body-writer.ts';
import { listMetadata } from './list-metadata.ts';
import { notAcceptable } from './negotiate.ts';

/** Kinds that are answered and are no resources of their own. */
const unlistedKinds: readonly KindType[] = [
  APIGroup,
  APIGroupDiscoveryList,
  APIGroupList,
  APIResourceList,
  APIVersions,
  Eviction,
  PartialObjectMetadata,
  PartialObjectMetadataList,
  PartialObjectMetadataListV1beta1,
  Scale,
  Status,
  TokenRequest,
];

let knownKinds: ReadonlyMap<string, KindType> | undefined;

function kindOf({ apiVersion, kind }: JsonObject): KindType | undefined {
  const served = [...builtinResources, ...optionalResources.map(({ resource }) => resource)];
  knownKinds ??= new Map(
    [...served.map((resource) => resource.kind), ...unlistedKinds].map((type) => [
      `${type.apiVersion}/${type.kind}`,
      type,
    ]),
  );
  if (kind === 'PartialObjectMetadata') return PartialObjectMetadata;
  return knownKinds.get(`${String(apiVersion ?? 'v1')}/${String(kind)}`);
}

/** `served`: what the object is one of. @throws ApiError NotAcceptable for what has no messages */
export function protobufObject(object: JsonObject, served?: Served): Buffer {
  const isServed = served?.type.kind === object['kind'] && served?.type.apiVersion === object['apiVersion'];
  const type = isServed ? served?.type : kindOf(object);
  if (type === undefined || type.lenient === true) throw notAcceptable();
  return encodeProtobuf(type, object);
}

export function protobufPieces(
  answer: Extract<Answer, { readonly type: 'entry' | 'list' }>,
): readonly Piece[] | Promise<readonly Piece[]> {
  const { served } = answer;
  if (served.type.lenient === true) throw notAcceptable();
  if (answer.type === 'list') return listPieces(served, answer.list);
  const message = messageOf(served, answer.entry);
  const { head, tail } = envelopeOf(served.type, message.length);
  return [head, message, tail];
}

/** So many items are encoded before others have their turn. */
const itemsATurn = 250;
const writer = new BackwardWriter();

/** All messages at once: the length of the whole stands before them. */
async function listPieces(served: Served, list: ListAnswer): Promise<readonly Piece[]> {
  const metadata = writeProtobuf(ListMeta, listMetadata(list));
  const pieces: Piece[] = [Buffer.alloc(0), fieldHead(1, metadata), metadata];
  for (const [i, entry] of list.entries.entries()) {
    if (i % itemsATurn === itemsATurn - 1) await new Promise((resolve) => setImmediate(resolve));
    const message = messageOf(served, entry);
    pieces.push(fieldHead(2, message), message);
  }
  let length = 0;
  for (const piece of pieces) length += (piece as Buffer).length;
  const { apiVersion, kind } = served.type;
  const { head, tail } = envelopeOf({ apiVersion, kind: `${kind}List` }, length);
  pieces[0] = head;
  pieces.push(tail);
  return pieces;
}

/** What stands before a message in a field. */
function fieldHead(number: number, { length }: Buffer): Buffer {
  writer.varint(length);
  writer.byte(number * 8 + 2);
  return writer.take();
}
