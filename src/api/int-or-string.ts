/** Fields that take a number, or a share of another number as a text such as `25%`. */

export type IntOrString = number | string;

export class PercentError extends Error {
  override readonly name = 'PercentError';
}

/** The number, or the share of `total`, rounded up or down; throws a PercentError for other texts. */
export function scaledValue(value: IntOrString, total: number, rounding: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  const percent = percentOf(value);
  if (percent === undefined) {
    const quoted = JSON.stringify(value);
    const problem = value.endsWith('%')
      ? `invalid value ${quoted}: strconv.Atoi: parsing ${JSON.stringify(value.slice(0, -1))}: invalid syntax`
      : 'invalid type: string is not a percentage';
    throw new PercentError(`invalid value for IntOrString: ${problem}`);
  }
  const share = (percent * total) / 100;
  return rounding === 'up' ? Math.ceil(share) : Math.floor(share);
}

/** 25 for `25%`; undefined for anything else. */
export function percentOf(value: IntOrString): number | undefined {
  if (typeof value !== 'string' || !/^[+-]?\d+%$/.test(value)) return undefined;
  return Number(value.slice(0, -1));
}
