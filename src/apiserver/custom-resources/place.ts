/** Where a value stands inside of the object that is validated, and how errors name the place. */
import { invalid, type FieldError } from '../../api/field-error.ts';
import type { Json } from '../../api/schema.ts';

export interface Place {
  /** Path below the value that is validated, such as `spec.a[0]`; '' = the value itself. */
  readonly path: string;
  /** What the path is relative to in errors: '' or `status`. */
  readonly root: string;
  /** The value before the update; undefined: there was none, or nobody knows which. */
  readonly old?: Json | undefined;
}

/** The field that an error names. */
export function fieldAt({ path, root }: Place): string {
  if (path === '') return root === '' ? '<nil>' : root;
  return root === '' ? path : `${root}.${path}`;
}

/** An error about the whole, not about a field. */
export function wholeError({ root }: Place, text: string): FieldError {
  return invalid(root === '' ? '<nil>' : root, '', text);
}
