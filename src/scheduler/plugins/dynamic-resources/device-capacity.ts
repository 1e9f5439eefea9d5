/**
 * Devices that several claims share: each takes a part of every capacity of the device. How large the part is, the request
 * says, rounded up to what the driver's policy allows; where it says nothing, the policy's default, else the whole.
 * https://kep.k8s.io/5075
 */
import type { CapacityRequestPolicyRange, Device, DeviceCapacity } from '../../../api/groups/resource.v1.ts';
import {
  compareQuantities,
  formatQuantity,
  parseQuantity,
  quantityFromNumber,
  quantityToNumber,
} from '../../../api/quantity.ts';

/** Quantities by the capacity's name. */
export type Capacities = Readonly<Record<string, string>>;

/** What the device would give, or undefined where it lacks a capacity that is asked for or its policy forbids the amount. */
export function consumedOf({ capacity = {} }: Device, requested: Capacities): Capacities | undefined {
  if (Object.keys(requested).some((name) => capacity[name] === undefined)) return undefined;
  const parts: Record<string, string> = {};
  for (const [name, each] of Object.entries(capacity)) {
    const part = partOf(requested[name], each);
    if (part === undefined || isMore(part, each.value)) return undefined;
    parts[name] = part;
  }
  return parts;
}

function partOf(requested: string | undefined, { value, requestPolicy }: DeviceCapacity): string | undefined {
  if (requested === undefined) return requestPolicy?.default ?? value;
  const { validRange, validValues = [] } = requestPolicy ?? {};
  if (validRange !== undefined) return inRange(requested, validRange);
  if (validValues.length === 0) return requested;
  return validValues.find((each) => !isMore(requested, each));
}

/** The least that is enough and lies a whole number of steps above the minimum. */
function inRange(requested: string, { min, max, step }: CapacityRequestPolicyRange): string | undefined {
  let part = isMore(min, requested) ? min : requested;
  if (step !== undefined && part === requested) {
    const [least, wished, by] = [min, requested, step].map((text) => Math.ceil(quantityToNumber(parseQuantity(text))));
    if (least === undefined || wished === undefined || by === undefined || by <= 0) return undefined;
    const steps = Math.ceil((wished - least) / by);
    part = formatQuantity(quantityFromNumber(least + steps * by, parseQuantity(step).notation));
  }
  return max !== undefined && isMore(part, max) ? undefined : part;
}

function isMore(a: string, b: string): boolean {
  return compareQuantities(parseQuantity(a), parseQuantity(b)) > 0;
}

/** What is left of the capacities of shared devices. */
export class SharedCapacities {
  /** By `device capacity`. */
  readonly #used = new Map<string, number>();
  /** How many have a part of a device. */
  readonly #holders = new Map<string, number>();

  isUsed(key: string): boolean {
    return (this.#holders.get(key) ?? 0) > 0;
  }

  has(key: string, { capacity = {} }: Device, parts: Capacities): boolean {
    return Object.entries(parts).every(
      ([name, part]) =>
        (this.#used.get(`${key} ${name}`) ?? 0) + numberOf(part) <= numberOf(capacity[name]?.value ?? '0'),
    );
  }

  /** `times`: 1 takes, -1 gives back. */
  take(key: string, parts: Capacities, times: 1 | -1): void {
    this.#holders.set(key, (this.#holders.get(key) ?? 0) + times);
    for (const [name, part] of Object.entries(parts)) {
      const id = `${key} ${name}`;
      this.#used.set(id, (this.#used.get(id) ?? 0) + times * numberOf(part));
    }
  }
}

function numberOf(text: string): number {
  return quantityToNumber(parseQuantity(text));
}
