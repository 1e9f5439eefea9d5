/**
 * Calls of the Container Runtime Interface over gRPC on a unix socket. The adapter to the outside: gRPC failures become
 * `RuntimeError`, with the text that a kubelet shows for them (`rpc error: code = NotFound desc = …`).
 */
import { Client, credentials, Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { RuntimeError, type RuntimeErrorCode } from '../runtimes/runtime.ts';
import { methods, type Method, subscribeToEvents, TaskEvent, TaskExit, taskExitTopic } from './messages.ts';
import { codec, type Codec, type Decoded, type Encodable, type Message } from './schema.ts';

type Methods = typeof methods;
type RequestOf<K extends keyof Methods> = Methods[K] extends Method<infer Q, Message> ? Encodable<Q> : never;
type ResponseOf<K extends keyof Methods> = Methods[K] extends Method<Message, infer S> ? Decoded<S> : never;

export interface CriClient {
  /** `timeoutMs` 0 means no deadline; the default is two minutes, as the kubelet's. */
  call<K extends keyof Methods>(method: K, request: RequestOf<K>, timeoutMs?: number): Promise<ResponseOf<K>>;
  /** Events of containerd (topic such as `/tasks/exit`); `ended` is called once when the stream breaks off. */
  subscribe(
    filters: readonly string[],
    onEvent: (topic: string, containerId: string) => void,
    ended: () => void,
  ): () => void;
  close(): void;
}

const defaultTimeoutMs = 120_000;
const maxMessageBytes = 16 * 1024 * 1024;

export function createCriClient(socketPath: string): CriClient {
  const client = new Client(`unix://${socketPath}`, credentials.createInsecure(), {
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': maxMessageBytes,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 3000,
    'grpc.enable_http_proxy': 0,
  });
  const codecs = new Map<Message, Codec<Message>>();
  const codecOf = (message: Message): Codec<Message> => {
    const known = codecs.get(message) ?? codec(message);
    codecs.set(message, known);
    return known;
  };
  return {
    call<K extends keyof Methods>(name: K, request: RequestOf<K>, timeoutMs = defaultTimeoutMs) {
      const { path, request: requestMessage, response: responseMessage }: Method<Message, Message> = methods[name];
      const deadline = timeoutMs === 0 ? {} : { deadline: Date.now() + timeoutMs };
      return new Promise<ResponseOf<K>>((resolve, reject) => {
        client.makeUnaryRequest(
          path,
          (value: RequestOf<K>) => codecOf(requestMessage).encode(value),
          (wire: Buffer) => codecOf(responseMessage).decode(wire) as ResponseOf<K>,
          request,
          new Metadata(),
          deadline,
          (error, response) => {
            if (error !== null) reject(runtimeError(error));
            else if (response === undefined) reject(new RuntimeError('Unknown', `Empty answer to ${path}`));
            else resolve(response);
          },
        );
      });
    },
    subscribe(filters, onEvent, ended) {
      const stream = client.makeServerStreamRequest(
        subscribeToEvents.path,
        codec(subscribeToEvents.request).encode,
        codec(subscribeToEvents.response).decode,
        { filters },
      );
      stream.on('data', (envelope: Decoded<typeof subscribeToEvents.response>) => {
        if (envelope.event === null) return;
        const { containerId } = codec(TaskEvent).decode(envelope.event.value);
        const isCommand =
          envelope.topic === taskExitTopic && codec(TaskExit).decode(envelope.event.value).id !== containerId;
        if (!isCommand) onEvent(envelope.topic, containerId);
      });
      stream.on('error', () => undefined);
      stream.on('close', ended);
      return () => stream.cancel();
    },
    close: () => client.close(),
  };
}

const codes: Readonly<Partial<Record<status, RuntimeErrorCode>>> = {
  [status.NOT_FOUND]: 'NotFound',
  [status.ALREADY_EXISTS]: 'AlreadyExists',
  [status.INVALID_ARGUMENT]: 'InvalidArgument',
  [status.FAILED_PRECONDITION]: 'FailedPrecondition',
  [status.DEADLINE_EXCEEDED]: 'DeadlineExceeded',
  [status.UNAVAILABLE]: 'Unavailable',
  [status.UNIMPLEMENTED]: 'Unimplemented',
};

function runtimeError(error: ServiceError): RuntimeError {
  const code = codes[error.code] ?? 'Unknown';
  return new RuntimeError(code, `rpc error: code = ${code} desc = ${error.details}`);
}
