/** How an evaluation ends without a value. */

/** An error of evaluation: part of the language, absorbed by && and ||. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}

/** The expression cost more than it may: ends the evaluation, whatever stands around. */
export class CostLimitError extends Error {
  override readonly name = 'CostLimitError';
}
