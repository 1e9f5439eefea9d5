/** A pod that waits for its scheduling gates may still become more exacting about its node, never less. */
import { sameValue } from '../../equality.ts';
import { invalid, type FieldError } from '../../field-error.ts';
import { NodeAffinity, NodeSelectorRequirement, NodeSelectorTerm, type PodSpec } from '../../groups/core.v1.ts';
import { samePlain } from '../../equality.ts';
import { list } from '../../schema.ts';
import { goShape } from '../go-shape.ts';

const requirements = list(NodeSelectorRequirement);
const requiredTerms = 'requiredDuringSchedulingIgnoredDuringExecution';

export function isGated({ schedulingGates }: PodSpec): boolean {
  return (schedulingGates ?? []).length > 0;
}

export function gatedChangeErrors(spec: PodSpec, old: PodSpec): readonly FieldError[] {
  if (!isGated(old)) return [];
  return [...selectorErrors(spec, old), ...termsErrors(spec, old)];
}

function selectorErrors(spec: PodSpec, old: PodSpec): readonly FieldError[] {
  const wanted = spec.nodeSelector ?? {};
  if (Object.entries(old.nodeSelector ?? {}).every(([key, value]) => wanted[key] === value)) return [];
  const detail = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
  return [invalid('spec.nodeSelector', spec.nodeSelector ?? null, detail)];
}

function termsErrors(spec: PodSpec, old: PodSpec): readonly FieldError[] {
  const before = old.affinity?.nodeAffinity?.[requiredTerms]?.nodeSelectorTerms ?? [];
  const given = spec.affinity?.nodeAffinity?.[requiredTerms]?.nodeSelectorTerms ?? null;
  const after = given ?? [];
  if (before.length === 0) return [];
  const field = `spec.affinity.nodeAffinity.${requiredTerms}.nodeSelectorTerms`;
  if (before.length !== after.length) {
    const shown = given?.map((term) => goShape(NodeSelectorTerm, term)) ?? null;
    return [invalid(field, shown, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed')];
  }
  return after.flatMap((term, index) =>
    onlyAdds(term, before[index] ?? {})
      ? []
      : [
          invalid(
            `${field}[${index}]`,
            goShape(NodeSelectorTerm, term),
            'only additions are allowed (no mutations or deletions)',
          ),
        ],
  );
}

function onlyAdds(term: NodeSelectorTerm, old: NodeSelectorTerm): boolean {
  const parts = ['matchExpressions', 'matchFields'] as const;
  const size = (of: NodeSelectorTerm): number => parts.reduce((sum, part) => sum + (of[part] ?? []).length, 0);
  if (size(old) === 0) return size(term) === 0;
  return parts.every((part) => {
    const before = old[part] ?? [];
    return sameValue(requirements, (term[part] ?? []).slice(0, before.length), before);
  });
}

/** What may have changed, as it was; what may not stays as it is wanted, so that the change is seen. */
export function withOldPlacement(spec: PodSpec, old: PodSpec): object {
  const placement: { nodeSelector: unknown; affinity?: unknown } = { nodeSelector: old.nodeSelector };
  const before = old.affinity?.nodeAffinity;
  if (samePlain(spec.affinity?.nodeAffinity, before) || sameValue(NodeAffinity, spec.affinity?.nodeAffinity, before)) {
    return placement;
  }
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  const others = podAffinity != null || podAntiAffinity != null;
  const nothingElse = old.affinity == null && !others;
  return { ...placement, affinity: nothingElse ? undefined : { ...spec.affinity, nodeAffinity: before } };
}
