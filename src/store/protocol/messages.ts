/**
 * The messages of the etcd v3 API (packages `etcdserverpb` and `mvccpb`, as of etcd 3.5): names in camel case and numbers.
 *
 * Keys and range ends are byte strings, ids of leases and members bigints (see schema.ts). A range end of '' stands for
 * the single key, one of '\0' for everything from the key on.
 */
import { blobs, bool, bytes, id, int, ints, key, keys, many, message, one, optional, text, texts } from './schema.ts';
import type { Decoded, Encodable, Field, Message } from './schema.ts';

export const SortOrder = { none: 0, ascend: 1, descend: 2 } as const;
export const SortTarget = { key: 0, version: 1, create: 2, mod: 3, value: 4 } as const;
export const CompareResult = { equal: 0, greater: 1, less: 2, notEqual: 3 } as const;
export const CompareTarget = { version: 0, create: 1, mod: 2, value: 3, lease: 4 } as const;
export const EventType = { put: 0, delete: 1 } as const;
export const WatchFilter = { noPut: 0, noDelete: 1 } as const;
export const AlarmAction = { get: 0, activate: 1, deactivate: 2 } as const;
export const AlarmType = { none: 0, noSpace: 1, corrupt: 2 } as const;

export const ResponseHeader = message({ clusterId: id(1), memberId: id(2), revision: int(3), raftTerm: int(4) });
const header = one(1, ResponseHeader);

export const KeyValue = message({
  key: key(1),
  createRevision: int(2),
  modRevision: int(3),
  version: int(4),
  value: bytes(5),
  lease: id(6),
});
export const Event = message({ type: int(1), kv: one(2, KeyValue), prevKv: one(3, KeyValue) });

export const RangeRequest = message({
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
export const RangeResponse = message({ header, kvs: many(2, KeyValue), more: bool(3), count: int(4) });
export const PutRequest = message({
  key: key(1),
  value: bytes(2),
  lease: id(3),
  prevKv: bool(4),
  ignoreValue: bool(5),
  ignoreLease: bool(6),
});
export const PutResponse = message({ header, prevKv: one(2, KeyValue) });
export const DeleteRangeRequest = message({ key: key(1), rangeEnd: key(2), prevKv: bool(3) });
export const DeleteRangeResponse = message({ header, deleted: int(2), prevKvs: many(3, KeyValue) });

/** What the target is compared with is the member of the same name; absent stands for zero. */
export const Compare = message({
  result: int(1),
  target: int(2),
  key: key(3),
  version: optional(int(4)),
  createRevision: optional(int(5)),
  modRevision: optional(int(6)),
  value: optional(bytes(7)),
  lease: optional(id(8)),
  rangeEnd: key(64),
});
const compare = many(1, Compare);
const requestRange = one(1, RangeRequest);
const requestPut = one(2, PutRequest);
const requestDeleteRange = one(3, DeleteRangeRequest);
const responseRange = one(1, RangeResponse);
const responsePut = one(2, PutResponse);
const responseDeleteRange = one(3, DeleteRangeResponse);

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
export const RequestOp: Message<RequestOpFields> = message({
  requestRange,
  requestPut,
  requestDeleteRange,
  requestTxn: one(4, (): Message<TxnRequestFields> => TxnRequest),
});
export const TxnRequest: Message<TxnRequestFields> = message({
  compare,
  success: many(2, RequestOp),
  failure: many(3, RequestOp),
});
export const ResponseOp: Message<ResponseOpFields> = message({
  responseRange,
  responsePut,
  responseDeleteRange,
  responseTxn: one(4, (): Message<TxnResponseFields> => TxnResponse),
});
export const TxnResponse: Message<TxnResponseFields> = message({
  header,
  succeeded: bool(2),
  responses: many(3, ResponseOp),
});

export const CompactionRequest = message({ revision: int(1), physical: bool(2) });

export const WatchCreateRequest = message({
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
export const WatchRequest = message({
  createRequest: one(1, WatchCreateRequest),
  cancelRequest: one(2, message({ watchId: int(1) })),
  progressRequest: one(3, message({})),
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
export const WatchResponse = message({ ...watchResponse, events: many(11, Event) });
/** The same bytes, for who has encoded the events already. */
export const WatchResponseOfBytes = message({ ...watchResponse, events: blobs(11) });

export const LeaseGrantRequest = message({ ttl: int(1), id: id(2) });
export const LeaseGrantResponse = message({ header, id: id(2), ttl: int(3), error: text(4) });
export const LeaseRevokeRequest = message({ id: id(1) });
export const LeaseKeepAliveRequest = message({ id: id(1) });
/** `ttl` 0: there is no such lease. */
export const LeaseKeepAliveResponse = message({ header, id: id(2), ttl: int(3) });
export const LeaseTimeToLiveRequest = message({ id: id(1), keys: bool(2) });
/** `ttl` -1: there is no such lease. */
export const LeaseTimeToLiveResponse = message({ header, id: id(2), ttl: int(3), grantedTtl: int(4), keys: keys(5) });
export const LeaseLeasesResponse = message({ header, leases: many(2, message({ id: id(1) })) });

export const Member = message({
  id: id(1),
  name: text(2),
  peerUrls: texts(3),
  clientUrls: texts(4),
  isLearner: bool(5),
});
export const MemberAddRequest = message({ peerUrls: texts(1), isLearner: bool(2) });
export const MemberAddResponse = message({ header, member: one(2, Member), members: many(3, Member) });
export const MemberUpdateRequest = message({ id: id(1), peerUrls: texts(2) });
export const MemberListRequest = message({ linearizable: bool(1) });
/** The answer to a removal, a change and a promotion too. */
export const MemberListResponse = message({ header, members: many(2, Member) });

export const AlarmRequest = message({ action: int(1), memberId: id(2), alarm: int(3) });
export const AlarmResponse = message({ header, alarms: many(2, message({ memberId: id(1), alarm: int(2) })) });
/** `dbSizeInUse`, `isLearner`: since 3.4. `raftTerm` and the indexes tell how far the member has come. */
export const StatusResponse = message({
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
export const HashResponse = message({ header, hash: int(2) });
export const HashKvRequest = message({ revision: int(1) });
export const HashKvResponse = message({ header, hash: int(2), compactRevision: int(3) });
export const SnapshotResponse = message({ header, remainingBytes: int(2), blob: bytes(3) });
export const DowngradeRequest = message({ action: int(1), version: text(2) });
export const DowngradeResponse = message({ header, version: text(2) });

export const AuthStatusResponse = message({ header, enabled: bool(2), authRevision: int(3) });
export const AuthenticateRequest = message({ name: text(1), password: text(2) });
export const AuthenticateResponse = message({ header, token: text(2) });

/** Requests that name a member and nothing else. */
export const MemberRequest = message({ id: id(1) });
/** Requests whose members nobody here reads or sends, and answers that hold a header alone. */
export const Empty = message({});
export const HeaderResponse = message({ header });
