/** Content negotiation: which encoding and which form (the object, a Table, its metadata alone) the client wants. */
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

const forms: Readonly<Record<string, Form>> = {
  Table: 'table',
  PartialObjectMetadata: 'metadata',
  PartialObjectMetadataList: 'metadata-list',
};

/** The first acceptable of the client's wishes. @throws ApiError NotAcceptable */
export function negotiate(accept: string, pretty: boolean): Negotiated {
  const wishes = accept.trim() === '' ? ['application/json'] : accept.split(',');
  for (const wish of wishes) {
    const negotiated = readWish(wish, pretty);
    if (negotiated !== undefined) return negotiated;
  }
  throw new ApiError(
    'NotAcceptable',
    'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  );
}

function readWish(wish: string, pretty: boolean): Negotiated | undefined {
  const [type = '', ...parameters] = wish.split(';').map((part) => part.trim());
  const mediaType = readMediaType(type);
  if (mediaType === undefined) return undefined;
  const values = new Map(
    parameters.map((parameter) => {
      const equals = parameter.indexOf('=');
      return [parameter.slice(0, equals), parameter.slice(equals + 1)] as const;
    }),
  );
  const stream = values.get('stream') === 'watch';
  const as = values.get('as');
  if (as === undefined) return { mediaType, form: 'object', formVersion: '', stream, pretty };
  const form = forms[as];
  const version = values.get('v') ?? '';
  if (form === undefined || values.get('g') !== 'meta.k8s.io' || !['v1', 'v1beta1'].includes(version)) return undefined;
  return { mediaType, form, formVersion: `meta.k8s.io/${version}`, stream, pretty };
}

function readMediaType(type: string): Negotiated['mediaType'] | undefined {
  if (type === 'application/json' || type === '*/*' || type === 'application/*') return 'application/json';
  return type === 'application/yaml' ? 'application/yaml' : undefined;
}
