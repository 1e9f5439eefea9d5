/**
 * Conversion is a plain function nearly always. Where a webhook converts, the function throws that it must be asked first;
 * `settled` asks and runs the caller's step again, which then finds the answer. Steps must be repeatable.
 */

import type { MaybeLater } from '../../base/maybe-later.ts';

/** How many conversions one step may wait for, one after another. */
const maxConversions = 200;

export class ConversionPending extends Error {
  override readonly name = 'ConversionPending';
  /** Asks, and remembers the answer. */
  readonly convert: () => Promise<void>;

  constructor(convert: () => Promise<void>) {
    super('The object must be converted by a webhook first');
    this.convert = convert;
  }
}

/** What the step answers once all conversions that it needs are there. @throws ApiError when one of them fails */
export function settled<T>(step: () => MaybeLater<T>): MaybeLater<T> {
  try {
    const answer = step();
    return answer instanceof Promise ? whenConverted(step, answer) : answer;
  } catch (error) {
    return whenConverted(step, Promise.reject(error as Error));
  }
}

async function whenConverted<T>(step: () => MaybeLater<T>, first: Promise<T>): Promise<T> {
  for (let count = 0; ; count++) {
    try {
      return await (count === 0 ? first : step());
    } catch (error) {
      if (!(error instanceof ConversionPending) || count === maxConversions) throw error;
      await error.convert();
    }
  }
}
