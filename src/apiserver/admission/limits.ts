/** The constraints of a LimitRange: what containers, pods and claims may ask for. Each answers the text of a violation. */
import type { LimitRangeItem } from '../../api/groups/core.v1.ts';
import {
  compareQuantities,
  formatQuantity,
  quantityToMilli,
  quantityToNumber,
  type Quantity,
} from '../../api/quantity.ts';
import { readAmounts, type Amounts, type Demand } from './amounts.ts';

const maxMilliUnits = Number.MAX_SAFE_INTEGER / 1000;

/** What a container or a pod asks for, judged by an item of a LimitRange. */
export function limitErrors(item: LimitRangeItem, demand: Demand): string[] {
  const check = (list: Readonly<Record<string, string>> | undefined, constraint: Constraint): string[] =>
    Object.entries(readAmounts(list)).flatMap(([name, amount]) => constraint(`${item.type}`, name, amount, demand));
  return [...check(item.min, belowMin), ...check(item.max, aboveMax), ...check(item.maxLimitRequestRatio, aboveRatio)];
}

/** What a claim asks for: its requests alone count. */
export function claimLimitErrors(item: LimitRangeItem, requests: Amounts): string[] {
  const errors: string[] = [];
  const type = `${item.type}`;
  for (const [name, amount] of Object.entries(readAmounts(item.min))) {
    errors.push(...belowMin(type, name, amount, { requests, limits: {} }));
  }
  for (const [name, max] of Object.entries(readAmounts(item.max))) {
    const request = requests[name];
    const start = `maximum ${name} usage per ${type} is ${formatQuantity(max)}`;
    if (request === undefined) errors.push(`${start}.  No request is specified`);
    else if (compareQuantities(request, max) > 0) errors.push(`${start}, but request is ${formatQuantity(request)}`);
  }
  return errors;
}

type Constraint = (type: string, name: string, bound: Quantity, demand: Demand) => string[];

const belowMin: Constraint = (type, name, min, { requests, limits }) => {
  const start = `minimum ${name} usage per ${type} is ${formatQuantity(min)}`;
  const request = requests[name];
  const limit = limits[name];
  if (request === undefined) return [`${start}.  No request is specified`];
  if (compareQuantities(request, min) < 0) return [`${start}, but request is ${formatQuantity(request)}`];
  if (limit !== undefined && compareQuantities(limit, min) < 0) {
    return [`${start}, but limit is ${formatQuantity(limit)}`];
  }
  return [];
};

const aboveMax: Constraint = (type, name, max, { requests, limits }) => {
  const start = `maximum ${name} usage per ${type} is ${formatQuantity(max)}`;
  const request = requests[name];
  const limit = limits[name];
  if (limit === undefined) return [`${start}.  No limit is specified`];
  if (compareQuantities(limit, max) > 0) return [`${start}, but limit is ${formatQuantity(limit)}`];
  if (request !== undefined && compareQuantities(request, max) > 0) {
    return [`${start}, but request is ${formatQuantity(request)}`];
  }
  return [];
};

const aboveRatio: Constraint = (type, name, max, { requests, limits }) => {
  const start = `${name} max limit to request ratio per ${type} is ${formatQuantity(max)}`;
  const request = requests[name];
  const limit = limits[name];
  if (request === undefined || request.nanos === 0n) return [`${start}, but no request is specified or request is 0`];
  if (limit === undefined || limit.nanos === 0n) return [`${start}, but no limit is specified or limit is 0`];
  const precise = [request, limit, max].every((amount) => quantityToNumber(amount) <= maxMilliUnits);
  const ratio = precise
    ? quantityToMilli(limit) / quantityToMilli(request)
    : quantityToNumber(limit) / quantityToNumber(request);
  if (ratio * 1000 <= quantityToMilli(max)) return [];
  return [`${start}, but provided ratio is ${ratio.toFixed(6)}`];
};
