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
  const state = stateOf(said);
  if (old !== undefined && stateOf(old.metadata.annotations?.[annotation] ?? '') === state) return [];
  if (state === 'bypassed' || state === 'approved') return [];
  const field = `metadata.annotations[${annotation}]`;
  if (said === '') return [requiredField(field, `${subject}, ${proposal}`)];
  return [invalid(field, said, `${subject} with either a URL or a reason starting with "unapproved", ${proposal}`)];
}

function stateOf(said: string): 'missing' | 'bypassed' | 'approved' | 'invalid' {
  if (said === '') return 'missing';
  if (said.startsWith('unapproved')) return 'bypassed';
  return URL.canParse(said) ? 'approved' : 'invalid';
}
