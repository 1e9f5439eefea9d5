/**
 * The methods of the etcd v3 API (package `etcdserverpb`) as values of the shape that @grpc/grpc-js takes as a service
 * definition; a server or client of another make finds the same in them.
 *
 *   client.makeUnaryRequest(kv.range.path, kv.range.requestSerialize, kv.range.responseDeserialize, { key: 'a' }, …)
 *
 * etcdctl's lock and elect are recipes over KV, Lease and Watch: they need no services of their own.
 */
import * as messages from './messages.ts';
import { decodeMessage, encodeMessage } from './schema.ts';
import type { Decoded, Encodable, Message } from './schema.ts';

export interface Method<Request extends Message, Response extends Message> {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly request: Request;
  readonly response: Response;
  readonly requestSerialize: (value: Encodable<Request>) => Buffer;
  readonly requestDeserialize: (wire: Buffer) => Decoded<Request>;
  readonly responseSerialize: (value: Encodable<Response>) => Buffer;
  readonly responseDeserialize: (wire: Buffer) => Decoded<Response>;
}

export const kv = {
  range: unary('KV/Range', messages.RangeRequest, messages.RangeResponse),
  put: unary('KV/Put', messages.PutRequest, messages.PutResponse),
  deleteRange: unary('KV/DeleteRange', messages.DeleteRangeRequest, messages.DeleteRangeResponse),
  txn: unary('KV/Txn', messages.TxnRequest, messages.TxnResponse),
  compact: unary('KV/Compact', messages.CompactionRequest, messages.HeaderResponse),
};

export const watch = {
  watch: stream('Watch/Watch', messages.WatchRequest, messages.WatchResponse, 'both'),
  /** The same method, for a server that has encoded the events already. */
  watchOfBytes: stream('Watch/Watch', messages.WatchRequest, messages.WatchResponseOfBytes, 'both'),
};

export const lease = {
  leaseGrant: unary('Lease/LeaseGrant', messages.LeaseGrantRequest, messages.LeaseGrantResponse),
  leaseRevoke: unary('Lease/LeaseRevoke', messages.LeaseRevokeRequest, messages.HeaderResponse),
  leaseKeepAlive: stream(
    'Lease/LeaseKeepAlive',
    messages.LeaseKeepAliveRequest,
    messages.LeaseKeepAliveResponse,
    'both',
  ),
  leaseTimeToLive: unary('Lease/LeaseTimeToLive', messages.LeaseTimeToLiveRequest, messages.LeaseTimeToLiveResponse),
  leaseLeases: unary('Lease/LeaseLeases', messages.Empty, messages.LeaseLeasesResponse),
};

export const cluster = {
  memberAdd: unary('Cluster/MemberAdd', messages.MemberAddRequest, messages.MemberAddResponse),
  memberRemove: unary('Cluster/MemberRemove', messages.MemberRequest, messages.MemberListResponse),
  memberUpdate: unary('Cluster/MemberUpdate', messages.MemberUpdateRequest, messages.MemberListResponse),
  memberList: unary('Cluster/MemberList', messages.MemberListRequest, messages.MemberListResponse),
  memberPromote: unary('Cluster/MemberPromote', messages.MemberRequest, messages.MemberListResponse),
};

export const maintenance = {
  alarm: unary('Maintenance/Alarm', messages.AlarmRequest, messages.AlarmResponse),
  status: unary('Maintenance/Status', messages.Empty, messages.StatusResponse),
  defragment: unary('Maintenance/Defragment', messages.Empty, messages.HeaderResponse),
  hash: unary('Maintenance/Hash', messages.Empty, messages.HashResponse),
  hashKv: unary('Maintenance/HashKV', messages.HashKvRequest, messages.HashKvResponse),
  snapshot: stream('Maintenance/Snapshot', messages.Empty, messages.SnapshotResponse, 'response'),
  moveLeader: unary('Maintenance/MoveLeader', messages.MemberRequest, messages.HeaderResponse),
  downgrade: unary('Maintenance/Downgrade', messages.DowngradeRequest, messages.DowngradeResponse),
};

/** Users and roles are not managed from here: only whether a server wants credentials, and how to get a token from one. */
export const auth = {
  authEnable: unary('Auth/AuthEnable', messages.Empty, messages.HeaderResponse),
  authDisable: unary('Auth/AuthDisable', messages.Empty, messages.HeaderResponse),
  authStatus: unary('Auth/AuthStatus', messages.Empty, messages.AuthStatusResponse),
  authenticate: unary('Auth/Authenticate', messages.AuthenticateRequest, messages.AuthenticateResponse),
};

function unary<Request extends Message, Response extends Message>(
  path: string,
  request: Request,
  response: Response,
): Method<Request, Response> {
  return {
    path: `/etcdserverpb.${path}`,
    requestStream: false,
    responseStream: false,
    request,
    response,
    requestSerialize: (value) => encodeMessage(request, value),
    requestDeserialize: (wire) => decodeMessage(request, wire),
    responseSerialize: (value) => encodeMessage(response, value),
    responseDeserialize: (wire) => decodeMessage(response, wire),
  };
}

function stream<Request extends Message, Response extends Message>(
  path: string,
  request: Request,
  response: Response,
  streams: 'both' | 'response',
): Method<Request, Response> {
  return { ...unary(path, request, response), requestStream: streams === 'both', responseStream: true };
}
