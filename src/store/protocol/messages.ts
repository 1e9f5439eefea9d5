/**
 * The messages of the etcd v3 API (packages `etcdserverpb` and `mvccpb`, as of etcd 3.5): names in camel case and numbers.
 *
 * Keys and range ends are byte strings, ids of leases and members bigints (see schema.ts). A range end of '' stands for
 * the single key, one of '\0' for everything from the key on.
 */
import {
  blobs,
  bool,
  blob,
  id,
  int,
  ints,
  key,
  keys,
  submessages,
  declareMessage,
  submessage,
  optional,
  text,
  texts,
} from './schema.ts';
import type { Decoded, Encodable, Field, Message } from './schema.ts';

export const SortOrder = { none: 0, ascend: 1, descend: 2 } as const;
export const SortTarget = { key: 0, version: 1, create: 2, mod: 3, value: 4 } as const;
export const CompareResult = { equal: 0, greater: 1, less: 2, notEqual: 3 } as const;
export const CompareTarget = { version: 0, create: 1, mod: 2, value: 3, lease: 4 } as const;
export const EventType = { put: 0, delete: 1 } as const;
export const WatchFilter = { noPut: 0, noDelete: 1 } as const;
export const AlarmAction = { get: 0, activate: 1, deactivate: 2 } as const;
export const AlarmType = { none: 0, noSpace: 1, corrupt: 2 } as const;

export const ResponseHeader = declareMessage({ clusterId: id(1), memberId: id(2), revision: int(3), raftTerm: int(4) });
const header = submessage(1, ResponseHeader);

export const KeyValue = declareMessage({
  key: key(1),
  createRevision: int(2),
  modRevision: int(3),
  version: int(4),
  value: blob(5),
  lease: id(6),
});
export const Event = declareMessage({ type: int(1), kv: submessage(2, KeyValue), prevKv: submessage(3, KeyValue) });

export const RangeRequest = declareMessage({
  key: key(1),
  rangeEnd: key(2),
  limit: int(3),
  revision: int(4),
  sortOrder: int(5),
  sortTarget: int(6),
  serializable: bool(7),
  keysOnly: bool(8),
  countOnly: bool(9),
  minModRevision: int(10),
  maxModRevision: int(11),
  minCreateRevision: int(12),
  maxCreateRevision: int(13),
});
export const RangeResponse = declareMessage({ header, kvs: submessages(2, KeyValue), more: bool(3), count: int(4) });
export const PutRequest = declareMessage({
  key: key(1),
  value: blob(2),
  lease: id(3),
  prevKv: bool(4),
  ignoreValue: bool(5),
  ignoreLease: bool(6),
});
export const PutResponse = declareMessage({ header, prevKv: submessage(2, KeyValue) });
export const DeleteRangeRequest = declareMessage({ key: key(1), rangeEnd: key(2), prevKv: bool(3) });
export const DeleteRangeResponse = declareMessage({ header, deleted: int(2), prevKvs: submessages(3, KeyValue) });

/** What the target is compared with is the member of the same name; absent stands for zero. */
export const Compare = declareMessage({
  result: int(1),
  target: int(2),
  key: key(3),
  version: optional(int(4)),
  createRevision: optional(int(5)),
  modRevision: optional(int(6)),
  value: optional(blob(7)),
  lease: optional(id(8)),
  rangeEnd: key(64),
});
const compare = submessages(1, Compare);
const requestRange = submessage(1, RangeRequest);
const requestPut = submessage(2, PutRequest);
const requestDeleteRange = submessage(3, DeleteRangeRequest);
const responseRange = submessage(1, RangeResponse);
const responsePut = submessage(2, PutResponse);
const responseDeleteRange = submessage(3, DeleteRangeResponse);

/** A transaction may hold transactions, so these types need names. */
export interface DecodedTxn {
  compare: Decoded<typeof Compare>[];
  success: DecodedRequestOp[];
  failure: DecodedRequestOp[];
}
export interface DecodedRequestOp {
  requestRange: Decoded<typeof RangeRequest> | undefined;
  requestPut: Decoded<typeof PutRequest> | undefined;
  requestDeleteRange: Decoded<typeof DeleteRangeRequest> | undefined;
  requestTxn: DecodedTxn | undefined;
}
export interface DecodedTxnResponse {
  header: Decoded<typeof ResponseHeader> | undefined;
  succeeded: boolean;
  responses: DecodedResponseOp[];
}
export interface DecodedResponseOp {
  responseRange: Decoded<typeof RangeResponse> | undefined;
  responsePut: Decoded<typeof PutResponse> | undefined;
  responseDeleteRange: Decoded<typeof DeleteRangeResponse> | undefined;
  responseTxn: DecodedTxnResponse | undefined;
}
export interface EncodableTxn {
  readonly compare?: readonly Encodable<typeof Compare>[];
  readonly success?: readonly EncodableRequestOp[];
  readonly failure?: readonly EncodableRequestOp[];
}
export interface EncodableRequestOp {
  readonly requestRange?: Encodable<typeof RangeRequest>;
  readonly requestPut?: Encodable<typeof PutRequest>;
  readonly requestDeleteRange?: Encodable<typeof DeleteRangeRequest>;
  readonly requestTxn?: EncodableTxn;
}
export interface EncodableTxnResponse {
  readonly header?: Encodable<typeof ResponseHeader>;
  readonly succeeded?: boolean;
  readonly responses?: readonly EncodableResponseOp[];
}
export interface EncodableResponseOp {
  readonly responseRange?: Encodable<typeof RangeResponse>;
  readonly responsePut?: Encodable<typeof PutResponse>;
  readonly responseDeleteRange?: Encodable<typeof DeleteRangeResponse>;
  readonly responseTxn?: EncodableTxnResponse;
}
type RequestOpFields = {
  readonly requestRange: typeof requestRange;
  readonly requestPut: typeof requestPut;
  readonly requestDeleteRange: typeof requestDeleteRange;
  readonly requestTxn: Field<DecodedTxn | undefined, EncodableTxn>;
};
type TxnRequestFields = {
  readonly compare: typeof compare;
  readonly success: Field<DecodedRequestOp[], readonly EncodableRequestOp[]>;
  readonly failure: Field<DecodedRequestOp[], readonly EncodableRequestOp[]>;
};
type ResponseOpFields = {
  readonly responseRange: typeof responseRange;
  readonly responsePut: typeof responsePut;
  readonly responseDeleteRange: typeof responseDeleteRange;
  readonly responseTxn: Field<DecodedTxnResponse | undefined, EncodableTxnResponse>;
};
type TxnResponseFields = {
  readonly header: typeof header;
  readonly succeeded: ReturnType<typeof bool>;
  readonly responses: Field<DecodedResponseOp[], readonly EncodableResponseOp[]>;
};

/** Exactly one member is set; so in `ResponseOp`. */
export const RequestOp: Message<RequestOpFields> = declareMessage({
  requestRange,
  requestPut,
  requestDeleteRange,
  requestTxn: submessage(4, (): Message<TxnRequestFields> => TxnRequest),
});
export const TxnRequest: Message<TxnRequestFields> = declareMessage({
  compare,
  success: submessages(2, RequestOp),
  failure: submessages(3, RequestOp),
});
export const ResponseOp: Message<ResponseOpFields> = declareMessage({
  responseRange,
  responsePut,
  responseDeleteRange,
  responseTxn: submessage(4, (): Message<TxnResponseFields> => TxnResponse),
});
export const TxnResponse: Message<TxnResponseFields> = declareMessage({
  header,
  succeeded: bool(2),
  responses: submessages(3, ResponseOp),
});

export const CompactionRequest = declareMessage({ revision: int(1), physical: bool(2) });

export const WatchCreateRequest = declareMessage({
  key: key(1),
  rangeEnd: key(2),
  startRevision: int(3),
  progressNotify: bool(4),
  filters: ints(5),
  prevKv: bool(6),
  watchId: int(7),
  fragment: bool(8),
});
/** Exactly one member is set. */
export const WatchRequest = declareMessage({
  createRequest: submessage(1, WatchCreateRequest),
  cancelRequest: submessage(2, declareMessage({ watchId: int(1) })),
  progressRequest: submessage(3, declareMessage({})),
});
const watchResponse = {
  header,
  watchId: int(2),
  created: bool(3),
  canceled: bool(4),
  compactRevision: int(5),
  cancelReason: text(6),
  fragment: bool(7),
};
export const WatchResponse = declareMessage({ ...watchResponse, events: submessages(11, Event) });
/** The same bytes, for who has encoded the events already. */
export const WatchResponseOfBytes = declareMessage({ ...watchResponse, events: blobs(11) });

export const LeaseGrantRequest = declareMessage({ ttl: int(1), id: id(2) });
export const LeaseGrantResponse = declareMessage({ header, id: id(2), ttl: int(3), error: text(4) });
export const LeaseRevokeRequest = declareMessage({ id: id(1) });
export const LeaseKeepAliveRequest = declareMessage({ id: id(1) });
/** `ttl` 0: there is no such lease. */
export const LeaseKeepAliveResponse = declareMessage({ header, id: id(2), ttl: int(3) });
export const LeaseTimeToLiveRequest = declareMessage({ id: id(1), keys: bool(2) });
/** `ttl` -1: there is no such lease. */
export const LeaseTimeToLiveResponse = declareMessage({
  header,
  id: id(2),
  ttl: int(3),
  grantedTtl: int(4),
  keys: keys(5),
});
export const LeaseLeasesResponse = declareMessage({ header, leases: submessages(2, declareMessage({ id: id(1) })) });

export const Member = declareMessage({
  id: id(1),
  name: text(2),
  peerUrls: texts(3),
  clientUrls: texts(4),
  isLearner: bool(5),
});
export const MemberAddRequest = declareMessage({ peerUrls: texts(1), isLearner: bool(2) });
export const MemberAddResponse = declareMessage({
  header,
  member: submessage(2, Member),
  members: submessages(3, Member),
});
export const MemberUpdateRequest = declareMessage({ id: id(1), peerUrls: texts(2) });
export const MemberListRequest = declareMessage({ linearizable: bool(1) });
/** The answer to a removal, a change and a promotion too. */
export const MemberListResponse = declareMessage({ header, members: submessages(2, Member) });

export const AlarmRequest = declareMessage({ action: int(1), memberId: id(2), alarm: int(3) });
export const AlarmResponse = declareMessage({
  header,
  alarms: submessages(2, declareMessage({ memberId: id(1), alarm: int(2) })),
});
/** `dbSizeInUse`, `isLearner`: since 3.4. `raftTerm` and the indexes tell how far the member has come. */
export const StatusResponse = declareMessage({
  header,
  version: text(2),
  dbSize: int(3),
  leader: id(4),
  raftIndex: int(5),
  raftTerm: int(6),
  raftAppliedIndex: int(7),
  errors: texts(8),
  dbSizeInUse: int(9),
  isLearner: bool(10),
});
export const HashResponse = declareMessage({ header, hash: int(2) });
export const HashKvRequest = declareMessage({ revision: int(1) });
export const HashKvResponse = declareMessage({ header, hash: int(2), compactRevision: int(3) });
export const SnapshotResponse = declareMessage({ header, remainingBytes: int(2), blob: blob(3) });
export const DowngradeRequest = declareMessage({ action: int(1), version: text(2) });
export const DowngradeResponse = declareMessage({ header, version: text(2) });

export const AuthStatusResponse = declareMessage({ header, enabled: bool(2), authRevision: int(3) });
export const AuthenticateRequest = declareMessage({ name: text(1), password: text(2) });
export const AuthenticateResponse = declareMessage({ header, token: text(2) });

/** Requests that name a member and nothing else. */
export const MemberRequest = declareMessage({ id: id(1) });
/** Requests whose members nobody here reads or sends, and answers that hold a header alone. */
export const Empty = declareMessage({});
export const HeaderResponse = declareMessage({ header });
