/**
 * Content negotiation: which encoding and which form (the object, a Table, its metadata alone) the client wants.
 * The wishes of an Accept header are tried in the order of their q values.
 */
import { ApiError } from '../../api/api-error.ts';

export type Form = 'object' | 'table' | 'metadata' | 'metadata-list';

export interface Negotiated {
  readonly mediaType: 'application/json' | 'application/yaml';
  readonly form: Form;
  /** apiVersion of the Table or PartialObjectMetadata that is answered. */
  readonly formVersion: string;
  /** As it goes into the content type of a watch. */
  readonly stream: boolean;
  readonly pretty: boolean;
}

export interface NegotiationOptions {
  readonly pretty: boolean;
  /** The answer is a stream of events: only encodings that can be framed. */
  readonly watch?: boolean;
}

/** One media type of an Accept header. */
export interface Wish {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const forms: Readonly<Record<string, Form>> = {
  Table: 'table',
  PartialObjectMetadata: 'metadata',
  PartialObjectMetadataList: 'metadata-list',
};

/** The first acceptable of the client's wishes. @throws ApiError NotAcceptable */
export function negotiate(accept: string, options: NegotiationOptions): Negotiated {
  for (const wish of readAccept(accept)) {
    const negotiated = grant(wish, options);
    if (negotiated !== undefined) return negotiated;
  }
  throw new ApiError(
    'NotAcceptable',
    'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  );
}

/** How an error is answered: in the encoding that was asked for where that is possible, else in JSON for people. */
export function negotiateError(accept: string, pretty: boolean): Negotiated {
  for (const { type, parameters } of readAccept(accept)) {
    const mediaType = readMediaType(type);
    if (mediaType !== undefined) return plain(mediaType, pretty || isTrueParameter(parameters.get('pretty')));
  }
  return plain('application/json', true);
}

/** The wishes, dearest first; an empty header wishes JSON. */
export function readAccept(accept: string): readonly Wish[] {
  if (accept.trim() === '') return [{ type: 'application/json', parameters: new Map() }];
  const wishes = accept.split(',').map(readWish);
  return wishes.toSorted((a, b) => quality(b) - quality(a));
}

/** For answers that exist in a few media types only, and not in forms. @throws ApiError NotAcceptable */
export function checkAccepts(accept: string, mediaTypes: readonly string[]): void {
  if (readAccept(accept).some(({ type }) => type === '*/*' || mediaTypes.includes(type))) return;
  throw new ApiError('NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${mediaTypes.join(', ')}`, {});
}

function readWish(text: string): Wish {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  const pairs = parameters.map((parameter) => {
    const equals = parameter.indexOf('=');
    return equals < 0
      ? ([parameter, ''] as const)
      : ([parameter.slice(0, equals), parameter.slice(equals + 1)] as const);
  });
  return { type, parameters: new Map(pairs) };
}

function quality({ parameters }: Wish): number {
  const given = Number(parameters.get('q') ?? 1);
  return Number.isNaN(given) ? 1 : given;
}

function grant({ type, parameters }: Wish, options: NegotiationOptions): Negotiated | undefined {
  const mediaType = readMediaType(type);
  if (mediaType === undefined) return undefined;
  if (options.watch === true && mediaType !== 'application/json') return undefined;
  const stream = parameters.get('stream') ?? '';
  if (stream !== '' && (stream !== 'watch' || options.watch !== true)) return undefined;
  const pretty = options.pretty || isTrueParameter(parameters.get('pretty'));
  const as = parameters.get('as');
  if (as === undefined) return { ...plain(mediaType, pretty), stream: stream !== '' };
  const form = forms[as];
  const version = parameters.get('v') ?? '';
  const group = parameters.get('g');
  if (form === undefined || group !== 'meta.k8s.io' || !['v1', 'v1beta1'].includes(version)) return undefined;
  return { mediaType, form, formVersion: `meta.k8s.io/${version}`, stream: stream !== '', pretty };
}

const plain = (mediaType: Negotiated['mediaType'], pretty: boolean): Negotiated => ({
  mediaType,
  form: 'object',
  formVersion: '',
  stream: false,
  pretty,
});

const isTrueParameter = (value: string | undefined): boolean => value === '1' || value === 'true';

function readMediaType(type: string): Negotiated['mediaType'] | undefined {
  if (type === 'application/json' || type === '*/*') return 'application/json';
  return type === 'application/yaml' ? 'application/yaml' : undefined;
}
