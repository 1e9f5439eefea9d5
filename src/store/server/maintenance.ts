/** The services Maintenance, Cluster and Auth, as a store of one member that knows no users answers them. */
import type { Alarm } from '../embedded/alarms.ts';
import { Code } from '../protocol/errors.ts';
import { AlarmAction, AlarmType } from '../protocol/messages.ts';
import { auth, cluster, maintenance } from '../protocol/services.ts';
import { etcdVersion } from './context.ts';
import type { EtcdContext } from './context.ts';
import { GrpcError } from './grpc-error.ts';
import { unary } from './grpc.ts';
import type { Handler } from './grpc.ts';
import { etcdError, inEtcdTerms } from './to-grpc-error.ts';

export function maintenanceHandlers(context: EtcdContext): [string, Handler][] {
  const { store, header, memberId } = context;
  const status = unary(maintenance.status, () =>
    inEtcdTerms(async () => {
      const { bytes, bytesInUse } = await store.size();
      const { raftTerm, revision } = header();
      return {
        header: header(),
        version: etcdVersion,
        dbSize: bytes,
        dbSizeInUse: bytesInUse,
        leader: memberId,
        raftTerm,
        raftIndex: revision,
        raftAppliedIndex: revision,
        errors: [
          ...store.alarms.raised.map((alarm) => `memberID:${memberId} alarm:${alarm} `),
          ...(store.fault === undefined ? [] : [store.fault.message]),
        ],
      };
    }),
  );
  const alarm = unary(maintenance.alarm, ({ action, alarm: type }) => {
    const { alarms } = store;
    const before = alarms.raised.map((raised) => AlarmType[alarmKeys[raised]]);
    const name = alarmOf(type);
    if (action === AlarmAction.activate && name !== undefined) alarms.raise(name);
    if (action === AlarmAction.deactivate && name !== undefined) alarms.disarm(name);
    const told = action === AlarmAction.get ? before.filter((raised) => type === 0 || raised === type) : [type];
    const shown =
      action === AlarmAction.deactivate ? told.filter((raised) => before.some((earlier) => earlier === raised)) : told;
    return { header: header(), alarms: shown.map((raised) => ({ memberId, alarm: raised })) };
  });
  const defragment = unary(maintenance.defragment, () =>
    inEtcdTerms(async () => {
      await store.defragment();
      return { header: header() };
    }),
  );
  const moveLeader = unary(maintenance.moveLeader, () => {
    throw etcdError('badLeaderTransferee');
  });
  return [
    [maintenance.status.path, status],
    [maintenance.alarm.path, alarm],
    [maintenance.defragment.path, defragment],
    [maintenance.moveLeader.path, moveLeader],
    ...clusterHandlers(context),
    ...authHandlers(context),
  ];
}

const alarmKeys = { NOSPACE: 'noSpace', CORRUPT: 'corrupt' } as const;

function alarmOf(type: number): Alarm | undefined {
  if (type === AlarmType.noSpace) return 'NOSPACE';
  return type === AlarmType.corrupt ? 'CORRUPT' : undefined;
}

function clusterHandlers({ header, memberId, name, clientUrls }: EtcdContext): [string, Handler][] {
  const refuse = (): never => {
    throw new GrpcError(
      Code.failedPrecondition,
      'etcdserver: this store has one member and takes no others; run an etcd cluster where one machine is outgrown',
    );
  };
  const find = ({ id }: { readonly id: bigint }): void => {
    if (id !== memberId) throw etcdError('memberNotFound');
  };
  const list = unary(cluster.memberList, () => ({
    header: header(),
    members: [{ id: memberId, name, peerUrls: [], clientUrls }],
  }));
  return [
    [cluster.memberList.path, list],
    [cluster.memberAdd.path, unary(cluster.memberAdd, refuse)],
    [cluster.memberRemove.path, unary(cluster.memberRemove, (request) => (find(request), refuse()))],
    [cluster.memberUpdate.path, unary(cluster.memberUpdate, (request) => (find(request), refuse()))],
    [
      cluster.memberPromote.path,
      unary(cluster.memberPromote, (request) => {
        find(request);
        throw etcdError('memberNotLearner');
      }),
    ],
  ];
}

function authHandlers({ header }: EtcdContext): [string, Handler][] {
  const status = unary(auth.authStatus, () => ({ header: header(), enabled: false, authRevision: 1 }));
  const enable = unary(auth.authEnable, () => {
    // There are no users, so neither is there a root.
    throw etcdError('rootUserMissing');
  });
  const authenticate = unary(auth.authenticate, () => {
    throw etcdError('authNotEnabled');
  });
  return [
    [auth.authStatus.path, status],
    [auth.authEnable.path, enable],
    [auth.authDisable.path, unary(auth.authDisable, () => ({ header: header() }))],
    [auth.authenticate.path, authenticate],
  ];
}
