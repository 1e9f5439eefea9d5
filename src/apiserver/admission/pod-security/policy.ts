/** What a namespace asks of its pods, read off its labels: a standard to enforce, one to audit and one to warn of. */
import { invalid, type FieldError } from '../../../api/field-error.ts';
import type { Level, Standard } from './standards.ts';

export interface Policy {
  readonly enforce: Standard;
  readonly audit: Standard;
  readonly warn: Standard;
  /** Labels that say nothing sensible. */
  readonly errors: readonly FieldError[];
}

type Labels = Readonly<Record<string, string>> | undefined;

const prefix = 'pod-security.kubernetes.io/';
const levels: readonly Level[] = ['privileged', 'baseline', 'restricted'];

/** Where nothing is said all is allowed; who enforces a standard and says nothing of warnings is warned of it too. */
export function readPolicy(labels: Labels): Policy {
  const errors: FieldError[] = [];
  const enforce = readStandard(labels, 'enforce', 'restricted', errors);
  const audit = readStandard(labels, 'audit', 'privileged', errors);
  const warn = readStandard(labels, 'warn', 'privileged', errors);
  const all: Standard = { level: 'privileged', minor: undefined };
  return { enforce: enforce ?? all, audit: audit ?? all, warn: warn ?? enforce ?? all, errors };
}

/** `restricted:latest`, `baseline:v1.30`. */
export function standardText({ level, minor }: Standard): string {
  return `${level}:${minor === undefined ? 'latest' : `v1.${minor}`}`;
}

export const strictness = ({ level }: Standard): number => levels.indexOf(level);

/** `unreadable`: the level that is taken when the label names none that exists. */
function readStandard(labels: Labels, mode: string, unreadable: Level, errors: FieldError[]): Standard | undefined {
  const field = (label: string): string => `metadata.labels[${label}]`;
  const label = `${prefix}${mode}`;
  const text = labels?.[label];
  const version = labels?.[`${label}-version`];
  const known = levels.find((level) => level === text);
  if (text !== undefined && known === undefined) {
    errors.push(invalid(field(label), text, 'must be one of privileged, baseline, restricted'));
  }
  const minor = /^v1\.(0|[1-9]\d{0,2})$/.exec(version ?? '')?.[1];
  if (version !== undefined && version !== 'latest' && minor === undefined) {
    errors.push(invalid(field(`${label}-version`), version, 'must be "latest" or "v1.x"'));
  }
  if (text === undefined) return undefined;
  return { level: known ?? unreadable, minor: minor === undefined ? undefined : Number(minor) };
}
