/**
 * The errors of the etcd v3 API: gRPC code and text, by which clients recognize them.
 *
 * Codes are gRPC's numbers (https://grpc.github.io/grpc/core/md_doc_statuscodes.html).
 */
export const Code = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  resourceExhausted: 8,
  failedPrecondition: 9,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;

export const errors = {
  emptyKey: [Code.invalidArgument, 'etcdserver: key is not provided'],
  keyNotFound: [Code.invalidArgument, 'etcdserver: key not found'],
  valueProvided: [Code.invalidArgument, 'etcdserver: value is provided'],
  leaseProvided: [Code.invalidArgument, 'etcdserver: lease is provided'],
  tooManyOperations: [Code.invalidArgument, 'etcdserver: too many operations in txn request'],
  duplicateKey: [Code.invalidArgument, 'etcdserver: duplicate key given in txn request'],
  invalidSortOption: [Code.invalidArgument, 'etcdserver: invalid sort option'],
  compacted: [Code.outOfRange, 'etcdserver: mvcc: required revision has been compacted'],
  futureRevision: [Code.outOfRange, 'etcdserver: mvcc: required revision is a future revision'],
  noSpace: [Code.resourceExhausted, 'etcdserver: mvcc: database space exceeded'],
  leaseNotFound: [Code.notFound, 'etcdserver: requested lease not found'],
  leaseExists: [Code.failedPrecondition, 'etcdserver: lease already exists'],
  leaseTtlTooLarge: [Code.outOfRange, 'etcdserver: too large lease TTL'],
  memberNotFound: [Code.notFound, 'etcdserver: member not found'],
  memberNotLearner: [Code.failedPrecondition, 'etcdserver: can only promote a learner member'],
  requestTooLarge: [Code.invalidArgument, 'etcdserver: request is too large'],
  tooManyRequests: [Code.resourceExhausted, 'etcdserver: too many requests'],
  rootUserMissing: [Code.failedPrecondition, 'etcdserver: root user does not exist'],
  authNotEnabled: [Code.failedPrecondition, 'etcdserver: authentication is not enabled'],
  invalidAuthToken: [Code.unauthenticated, 'etcdserver: invalid auth token'],
  noLeader: [Code.unavailable, 'etcdserver: no leader'],
  leaderChanged: [Code.unavailable, 'etcdserver: leader changed'],
  stopped: [Code.unavailable, 'etcdserver: server stopped'],
  timeout: [Code.unavailable, 'etcdserver: request timed out'],
  corrupt: [Code.dataLoss, 'etcdserver: corrupt cluster'],
  badLeaderTransferee: [Code.failedPrecondition, 'etcdserver: bad leader transferee'],
} as const;
