/** A KMS plug-in for tests: keys in memory, by which seeds are encrypted; it can change its key and fall ill. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Server, ServerCredentials, status, type handleUnaryCall } from '@grpc/grpc-js';
import { loadKmsCodec } from '../kms-client.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface KmsPlugin {
  readonly endpoint: string;
  /** Calls that came, by method. */
  readonly calls: Readonly<Record<'Status' | 'Encrypt' | 'Decrypt', number>>;
  /** Encrypts with a new key from now on; the old ones still decrypt. */
  rotate(): void;
  /** Says so when it is asked how it is, and refuses everything else. */
  setHealth(health: string): void;
  close(): void;
}

export async function startKmsPlugin(socketPath: string): Promise<KmsPlugin> {
  const codec = await loadKmsCodec();
  const keys = new Map<string, Buffer>();
  const calls = { Status: 0, Encrypt: 0, Decrypt: 0 };
  const state = { keyId: '', health: 'ok' };
  const rotate = (): void => {
    state.keyId = `key-${keys.size + 1}`;
    keys.set(state.keyId, randomBytes(32));
  };
  rotate();
  const answers: Readonly<Record<keyof typeof calls, (request: Fields) => object>> = {
    Status: () => ({ version: 'v2', healthz: state.health, keyId: state.keyId }),
    Encrypt({ plaintext }) {
      const iv = randomBytes(16);
      const cipher = createCipheriv('aes-256-ctr', keys.get(state.keyId) as Buffer, iv);
      const ciphertext = cipher.update(plaintext as Uint8Array);
      return { ciphertext, keyId: state.keyId, annotations: { 'iv.example.com': iv } };
    },
    Decrypt({ ciphertext, keyId, annotations }) {
      const key = keys.get(String(keyId));
      const iv = (annotations as Record<string, Uint8Array>)['iv.example.com'];
      if (key === undefined || iv === undefined) throw new Error('no such key');
      return { plaintext: createDecipheriv('aes-256-ctr', key, iv).update(ciphertext as Uint8Array) };
    },
  };
  const server = new Server();
  for (const method of ['Status', 'Encrypt', 'Decrypt'] as const) {
    const handle: handleUnaryCall<Fields, object> = ({ request }, callback) => {
      calls[method]++;
      if (method !== 'Status' && state.health !== 'ok') {
        return callback({ code: status.FAILED_PRECONDITION, details: 'key disabled' });
      }
      try {
        callback(null, answers[method](request));
      } catch (error) {
        callback({ code: status.NOT_FOUND, details: String(error) });
      }
    };
    const definition = {
      path: `/v2.KeyManagementService/${method}`,
      requestStream: false,
      responseStream: false,
      requestSerialize: (value: Fields) => codec.encode(`${method}Request`, value),
      requestDeserialize: (bytes: Buffer) => codec.decode(`${method}Request`, bytes),
      responseSerialize: (value: object) => codec.encode(`${method}Response`, value),
      responseDeserialize: (bytes: Buffer) => codec.decode(`${method}Response`, bytes),
    };
    server.addService({ [method]: definition }, { [method]: handle });
  }
  const endpoint = `unix://${socketPath}`;
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socketPath}`, ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    );
  });
  return {
    endpoint,
    calls,
    rotate,
    setHealth: (health) => void (state.health = health),
    close: () => server.forceShutdown(),
  };
}
