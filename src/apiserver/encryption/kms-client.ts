/**
 * The client of a KMS plug-in: gRPC on a unix socket, service v2.KeyManagementService (k8s.io/kms apis/v2). The libraries are
 * loaded when a configuration names a plug-in.
 */
import type { ServiceError } from '@grpc/grpc-js';
import type { KmsConfiguration } from './configuration.ts';

export interface KmsStatus {
  readonly version: string;
  readonly healthz: string;
  readonly keyId: string;
}

/** What the plug-in says of a key: kept as it is, and shown to it again for decryption. */
export type Annotations = Readonly<Record<string, Uint8Array>>;

export interface KmsEncrypted {
  readonly ciphertext: Uint8Array;
  readonly keyId: string;
  readonly annotations: Annotations;
}

/** All reject with `rpc error: code = … desc = …`. */
export interface KmsClient {
  status(): Promise<KmsStatus>;
  encrypt(plaintext: Uint8Array, uid: string): Promise<KmsEncrypted>;
  decrypt(encrypted: KmsEncrypted, uid: string): Promise<Uint8Array>;
  close(): void;
}

const field = (type: string, id: number): { type: string; id: number } => ({ type, id });
const annotations = (id: number) => ({ keyType: 'string', type: 'bytes', id });

const messages = {
  StatusRequest: { fields: {} },
  StatusResponse: { fields: { version: field('string', 1), healthz: field('string', 2), keyId: field('string', 3) } },
  DecryptRequest: {
    fields: {
      ciphertext: field('bytes', 1),
      uid: field('string', 2),
      keyId: field('string', 3),
      annotations: annotations(4),
    },
  },
  DecryptResponse: { fields: { plaintext: field('bytes', 1) } },
  EncryptRequest: { fields: { plaintext: field('bytes', 1), uid: field('string', 2) } },
  EncryptResponse: {
    fields: { ciphertext: field('bytes', 1), keyId: field('string', 2), annotations: annotations(3) },
  },
  EncryptedObject: {
    fields: {
      encryptedData: field('bytes', 1),
      keyId: field('string', 2),
      encryptedDekSource: field('bytes', 3),
      annotations: annotations(4),
      encryptedDekSourceType: field('int32', 5),
    },
  },
};

export type KmsMessage = keyof typeof messages;

export interface KmsCodec {
  encode(type: KmsMessage, value: object): Buffer;
  /** Absent fields have their empty values. @throws Error for what is no message of the type */
  decode(type: KmsMessage, bytes: Uint8Array): Readonly<Record<string, unknown>>;
}

export async function loadKmsCodec(): Promise<KmsCodec> {
  const { default: protobuf } = await import('protobufjs');
  const root = protobuf.Root.fromJSON({ nested: { v2: { nested: messages } } });
  const typeOf = (type: KmsMessage) => root.lookupType(`v2.${type}`);
  return {
    encode: (type, value) => Buffer.from(typeOf(type).encode(value).finish()),
    decode(type, bytes) {
      const found = typeOf(type);
      return found.toObject(found.decode(bytes), { defaults: true, objects: true }) as Readonly<
        Record<string, unknown>
      >;
    },
  };
}

export async function connectKms({ endpoint, timeoutMs }: KmsConfiguration, codec: KmsCodec): Promise<KmsClient> {
  const grpc = await import('@grpc/grpc-js');
  const address = `unix:${endpoint.replace(/^unix:(?:\/\/)?/, '')}`;
  const client = new grpc.Client(address, grpc.credentials.createInsecure(), {
    'grpc.enable_http_proxy': 0,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 3000,
  });
  const call = (
    method: 'Status' | 'Encrypt' | 'Decrypt',
    request: object,
  ): Promise<Readonly<Record<string, unknown>>> =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        `/v2.KeyManagementService/${method}`,
        (value: object) => codec.encode(`${method}Request`, value),
        (bytes: Buffer) => codec.decode(`${method}Response`, bytes),
        request,
        new grpc.Metadata(),
        { deadline: Date.now() + timeoutMs },
        (error, response) => {
          if (error === null && response !== undefined) resolve(response);
          else reject(rpcError(error, grpc.status));
        },
      );
    });
  return {
    async status() {
      const { version, healthz, keyId } = await call('Status', {});
      return { version: String(version), healthz: String(healthz), keyId: String(keyId) };
    },
    async encrypt(plaintext, uid) {
      const { ciphertext, keyId, annotations: said } = await call('Encrypt', { plaintext, uid });
      return { ciphertext: ciphertext as Uint8Array, keyId: String(keyId), annotations: said as Annotations };
    },
    async decrypt(encrypted, uid) {
      const { plaintext } = await call('Decrypt', { ...encrypted, uid });
      return plaintext as Uint8Array;
    },
    close: () => client.close(),
  };
}

/** The codes' names as Go writes them: FAILED_PRECONDITION is FailedPrecondition. */
function rpcError(error: ServiceError | null, names: Readonly<Record<number, string>>): Error {
  const name = (names[error?.code ?? 2] ?? 'UNKNOWN')
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');
  return new Error(`rpc error: code = ${name} desc = ${error?.details ?? 'no answer'}`);
}
