/** Conflicts of an apply: fields that it would change and that others own. */
import { ApiError } from '../api-error.ts';
import type { Manager } from './managed-fields.ts';
import { printFieldPath } from './path-element.ts';

export interface Conflict {
  readonly manager: Manager;
  /** Path elements. */
  readonly path: readonly string[];
}

/** The 409 that names all conflicts, by manager. */
export function applyConflict(conflicts: readonly Conflict[]): ApiError {
  const causes = conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${printManager(manager)}`,
    field: printFieldPath(path),
  }));
  return new ApiError('Conflict', conflictText(conflicts), { causes });
}

function conflictText(conflicts: readonly Conflict[]): string {
  const [first] = conflicts;
  if (conflicts.length === 1 && first !== undefined) {
    return `Apply failed with 1 conflict: conflict with ${printManager(first.manager)}: ${printFieldPath(first.path)}`;
  }
  const lines: string[] = [];
  for (const [manager, group] of Map.groupBy(conflicts, (conflict) => conflict.manager)) {
    lines.push(`conflicts with ${printManager(manager)}:`, ...group.map(({ path }) => `- ${printFieldPath(path)}`));
  }
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

function printManager({ name, operation, apiVersion, subresource }: Manager): string {
  const through = subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`;
  const version = operation === 'Update' ? ` using ${apiVersion}` : '';
  return `${JSON.stringify(name)}${through}${version}`;
}
