/**
 * Content negotiation: which encoding and which form (the object, a Table, its metadata alone) the client wants.
 * The wishes of an Accept header are tried in their order; each names one encoding, and may name a form.
 *
 *   form            JSON, YAML   protobuf
 *   the object      yes          not of custom resources
 *   Table           yes          no
 *   metadata        yes          yes
 *
 * Streams of events come in JSON and protobuf.
 */
import { ApiError } from '../../api/api-error.ts';
import { readAccept, type Wish } from './accept.ts';

export type Form = 'object' | 'table' | 'metadata' | 'metadata-list';

export type MediaType = 'application/json' | 'application/yaml' | 'application/vnd.kubernetes.protobuf';

export const protobufType = 'application/vnd.kubernetes.protobuf';

export interface Negotiated {
  readonly mediaType: MediaType;
  readonly form: Form;
  /** apiVersion of the Table or PartialObjectMetadata that is answered. */
  readonly formVersion: string;
  readonly pretty: boolean;
}

export interface NegotiationOptions {
  readonly pretty: boolean;
  /** The answer is a stream of events. */
  readonly watch?: boolean;
  /** What is answered has no messages: a custom resource. */
  readonly custom?: boolean;
  /** What is answered is made and forgotten (a review): it has no Table. */
  readonly withoutTable?: boolean;
  /** What is answered has no other forms: it is no resource. */
  readonly plainOnly?: boolean;
}

const forms: Readonly<Record<string, Form>> = {
  Table: 'table',
  PartialObjectMetadata: 'metadata',
  PartialObjectMetadataList: 'metadata-list',
};

const mediaTypes: readonly string[] = ['application/json', 'application/yaml', protobufType];

/** The first acceptable of the client's wishes. @throws ApiError NotAcceptable */
export function negotiate(accept: string, options: NegotiationOptions): Negotiated {
  for (const wish of readAccept(accept)) {
    const negotiated = grant(wish, options);
    if (negotiated === undefined) continue;
    if (options.watch === true && negotiated.mediaType === 'application/yaml') {
      throw notAcceptable(['application/json;stream=watch', `${protobufType};stream=watch`]);
    }
    return negotiated;
  }
  throw notAcceptable(mediaTypes);
}

export function notAcceptable(accepted: readonly string[] = mediaTypes): ApiError {
  return new ApiError('NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`);
}

/** How an error is answered: in the encoding that was asked for where that is possible, else in JSON for people. */
export function negotiateError(accept: string, pretty: boolean): Negotiated {
  for (const wish of readAccept(accept)) {
    const negotiated = grant(wish, { pretty, plainOnly: true });
    if (negotiated !== undefined) return negotiated;
  }
  return { mediaType: 'application/json', form: 'object', formVersion: '', pretty: true };
}

/** For answers that exist in a few media types only, and not in forms. @throws ApiError NotAcceptable */
export function checkAccepts(accept: string, available: readonly string[]): void {
  if (readAccept(accept).some(({ type }) => type === '*/*' || available.includes(type))) return;
  throw new ApiError('NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${available.join(', ')}`, {});
}

function grant({ type, parameters }: Wish, options: NegotiationOptions): Negotiated | undefined {
  const mediaType = readMediaType(type);
  if (mediaType === undefined) return undefined;
  const stream = parameters.get('stream');
  if (stream !== undefined && (stream !== 'watch' || mediaType === 'application/yaml')) return undefined;
  const pretty = options.pretty || parameters.get('pretty') === '1';
  if (!['as', 'g', 'v'].some((name) => parameters.has(name))) {
    if (options.custom === true && mediaType === protobufType) return undefined;
    return { mediaType, form: 'object', formVersion: '', pretty };
  }
  const form = forms[parameters.get('as') ?? ''];
  const version = parameters.get('v') ?? '';
  if (form === undefined || options.plainOnly === true) return undefined;
  if (form === 'table' && (mediaType === protobufType || options.withoutTable === true)) return undefined;
  if (parameters.get('g') !== 'meta.k8s.io' || !['v1', 'v1beta1'].includes(version)) return undefined;
  return { mediaType, form, formVersion: `meta.k8s.io/${version}`, pretty };
}

/** Undefined when there is no such encoding. */
export function readMediaType(type: string): MediaType | undefined {
  if (type === '*/*') return 'application/json';
  return mediaTypes.includes(type) ? (type as MediaType) : undefined;
}
