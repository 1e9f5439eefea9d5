/** What compiled decoders share. */
import type { AnyType } from '../schema.ts';
import type { PathStep } from './decode-error.ts';

export interface DecodeContext {
  readonly path: PathStep[];
  readonly unknown: string[];
  readonly keepEmpty: boolean;
  readonly known: ReadonlySet<unknown> | undefined;
  /** Whole numbers are cut to what a field holds. */
  readonly fromMap: boolean;
}

/** Never called with null: what absent means depends on where the value stands. */
export type Decoder = (input: unknown, context: DecodeContext) => unknown;

/** How a decoder finds those of the types inside its own. */
export interface Decoders {
  decoderOf(type: AnyType): Decoder;
  zeroOf(type: AnyType): unknown;
}
