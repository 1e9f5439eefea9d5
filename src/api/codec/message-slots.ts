/** The fields of a protobuf message, for those who read and those who write one. */
import type { Field, ObjectType } from '../schema.ts';

export interface Slot {
  readonly number: number;
  /** In JSON; '' for an inlined message. */
  readonly name: string;
  /** A field of the object, or a message whose fields belong to the surrounding object. */
  readonly field: Field | undefined;
  readonly of: ObjectType | undefined;
}

const slotsOfTypes = new WeakMap<ObjectType, readonly Slot[]>();

/** In the order of their numbers. */
export function slotsOf(type: ObjectType): readonly Slot[] {
  let slots = slotsOfTypes.get(type);
  if (slots === undefined) {
    const inlinedNames = new Set(type.inlined.flatMap(({ of }) => Object.keys(of.fields)));
    const own = Object.entries(type.fields)
      .filter(([name, { number }]) => number > 0 && !inlinedNames.has(name))
      .map(([name, field]): Slot => ({ number: field.number, name, field, of: undefined }));
    const inlined = type.inlined.map(({ number, of }): Slot => ({ number, name: '', field: undefined, of }));
    slots = [...own, ...inlined].toSorted((a, b) => a.number - b.number);
    slotsOfTypes.set(type, slots);
  }
  return slots;
}
