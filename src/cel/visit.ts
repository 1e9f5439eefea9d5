/** Goes through an expression and all its parts, each once. */
import type { Expression } from './expression.ts';

export function visitAll(
  expression: Expression,
  visit: (expression: Expression) => void,
  seen = new Set<Expression>(),
): void {
  if (seen.has(expression)) return;
  seen.add(expression);
  visit(expression);
  for (const part of partsOf(expression)) visitAll(part, visit, seen);
}

function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'identifier':
      return [];
    case 'select':
      return [expression.operand];
    case 'call':
      return expression.target === undefined ? expression.args : [expression.target, ...expression.args];
    case 'list':
      return expression.items.map(({ value }) => value);
    case 'map':
      return expression.entries.flatMap(({ key, value }) => [key, value]);
    case 'object':
      return expression.fields.map(({ value }) => value);
    case 'comprehension': {
      const { range, initial, condition, step, result } = expression;
      return [range, initial, condition, step, result];
    }
  }
}
