/** What the store throws, in etcd's words. */
import { Code, errors } from '../protocol/errors.ts';
import { StoreError } from '../store.ts';
import { GrpcError } from './grpc-error.ts';

export function etcdError(name: keyof typeof errors): GrpcError {
  const [code, text] = errors[name];
  return new GrpcError(code, text);
}

const names: Readonly<Partial<Record<StoreError['reason'], keyof typeof errors>>> = {
  compacted: 'compacted',
  'future-revision': 'futureRevision',
  'no-space': 'noSpace',
  'lease-not-found': 'leaseNotFound',
  'lease-exists': 'leaseExists',
  closed: 'stopped',
  corrupt: 'corrupt',
};

/** Runs what uses the store. @throws GrpcError for the store's errors, all others as they are. */
export async function inEtcdTerms<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const name = names[error.reason];
    throw name === undefined ? new GrpcError(Code.unavailable, `etcdserver: ${error.message}`) : etcdError(name);
  }
}
