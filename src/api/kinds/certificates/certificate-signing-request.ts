import type { Descriptor, Draft } from '../../descriptor.ts';
import type { CertificateSigningRequest } from '../../groups/certificates.v1.ts';
import { CertificateSigningRequests } from '../../resources.ts';
import { durationText, orNone } from '../cells.ts';
import { ageColumn, column, nameColumn, table } from '../columns.ts';
import { timestampOf } from '../timestamp.ts';
import { requestErrors, requestUpdateErrors } from './request-errors.ts';
import { selectable } from '../selectable.ts';

export const certificateSigningRequestDescriptor: Descriptor<CertificateSigningRequest> = {
  resource: CertificateSigningRequests,
  prepareForCreate(draft, { user, groups, uid, extra }) {
    const { uid: _uid, extra: _extra, ...spec } = draft.spec;
    draft.spec = {
      ...spec,
      username: user,
      groups: [...groups],
      ...(uid ? { uid } : {}),
      ...(extra === undefined || Object.keys(extra).length === 0
        ? {}
        : { extra: Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, [...values]])) }),
    };
    draft.status = {};
  },
  prepareForUpdate(draft, old, { subresource, nowMs }) {
    const before = old as Draft<CertificateSigningRequest>;
    draft.spec = before.spec;
    if (subresource === '') draft.status = before.status;
    else if (subresource === 'approval') {
      draft.status = { ...before.status, conditions: draft.status.conditions ?? [] };
      dateConditions(draft, old, nowMs);
    } else if (subresource === 'status') {
      keepVerdicts(draft, before);
      dateConditions(draft, old, nowMs);
    }
  },
  resetFields: { '': [['spec'], ['status']], status: [['spec']], approval: [['spec'], ['status', 'certificate']] },
  validateCreate: requestErrors,
  validateUpdate: requestUpdateErrors,
  ...selectable<CertificateSigningRequest>({ 'spec.signerName': ({ spec }) => spec.signerName }),
  table: table<CertificateSigningRequest>([
    nameColumn,
    ageColumn,
    column('SignerName', ({ spec }) => orNone(spec.signerName)),
    column('Requestor', ({ spec }) => spec.username ?? ''),
    column('RequestedDuration', ({ spec }) =>
      spec.expirationSeconds == null ? '<none>' : durationText(spec.expirationSeconds * 1000),
    ),
    column('Condition', conditionText),
  ]),
};

/** A write of the status leaves verdicts as they are; one that adds or removes some is refused later. */
function keepVerdicts(draft: Draft<CertificateSigningRequest>, old: Draft<CertificateSigningRequest>): void {
  for (const type of ['Approved', 'Denied']) {
    const before = (old.status.conditions ?? []).filter((condition) => condition.type === type);
    const conditions = draft.status.conditions ?? [];
    const places = [...conditions.keys()].filter((index) => conditions[index]?.type === type);
    if (places.length !== before.length) continue;
    for (const [which, index] of places.entries()) {
      const verdict = before[which];
      if (verdict !== undefined) conditions[index] = verdict;
    }
  }
}

function dateConditions(draft: Draft<CertificateSigningRequest>, old: CertificateSigningRequest, nowMs: number): void {
  for (const condition of draft.status.conditions ?? []) {
    const before = old.status.conditions?.find(({ type }) => type === condition.type);
    if (!condition.lastUpdateTime) condition.lastUpdateTime = timestampOf(nowMs);
    if (!condition.lastTransitionTime) {
      condition.lastTransitionTime =
        before !== undefined && before.status === condition.status
          ? (before.lastTransitionTime ?? timestampOf(nowMs))
          : timestampOf(nowMs);
    }
  }
}

function conditionText({ status }: CertificateSigningRequest): string {
  const has = (wanted: string): boolean => (status.conditions ?? []).some(({ type }) => type === wanted);
  const texts = [has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'];
  if (has('Failed')) texts.push('Failed');
  if (status.certificate) texts.push('Issued');
  return texts.join(',');
}
