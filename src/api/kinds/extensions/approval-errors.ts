/** Groups of the Kubernetes project itself (*.k8s.io, *.kubernetes.io) take definitions only with a word on who approved them. */
import { invalid, requiredField, type FieldError } from '../../field-error.ts';
import type { CustomResourceDefinition } from '../../groups/apiextensions.v1.ts';

const annotation = 'api-approved.kubernetes.io';
const proposal = 'see https://github.com/kubernetes/enhancements/pull/1111';
const subject = `protected groups must have approval annotation "${annotation}"`;

/** What was wrong before may stay as it is. */
export function approvalErrors(
  { metadata, spec }: CustomResourceDefinition,
  old: CustomResourceDefinition | undefined,
): readonly FieldError[] {
  if (!/(?:^|\.)(?:k8s\.io|kubernetes\.io)$/.test(spec.group)) return [];
  const said = metadata.annotations?.[annotation] ?? '';
  if (old !== undefined && (old.metadata.annotations?.[annotation] ?? '') === said) return [];
  if (said.startsWith('unapproved') || URL.canParse(said)) return [];
  const field = `metadata.annotations[${annotation}]`;
  if (said === '') return [requiredField(field, `${subject}, ${proposal}`)];
  return [invalid(field, said, `${subject} with either a URL or a reason starting with "unapproved", ${proposal}`)];
}
