/**
 * /healthz, /livez and /readyz, with each check by name, as kubelets, load balancers and people ask for them.
 * https://kubernetes.io/docs/reference/using-api/health-checks/
 */
import type { Answer, ApiRequest } from './request.ts';
import { pathNotFound } from './path-errors.ts';
import { textAnswer } from './request.ts';

export interface HealthCheck {
  readonly name: string;
  /** Undefined when well, else what is wrong. */
  check(): string | undefined;
}

/** The checks of each endpoint, which are also paths of their own below it. */
export interface Health {
  /** What the start is over by. */
  readonly healthz: readonly HealthCheck[];
  /** What cannot be mended but by a new start. */
  readonly livez: readonly HealthCheck[];
  /** What must hold before requests are sent here. */
  readonly readyz: readonly HealthCheck[];
}

export const healthEndpoints = ['healthz', 'livez', 'readyz'] as const;

export function answerHealth(health: Health, request: ApiRequest): Answer | undefined {
  const [, first, ...rest] = request.info.path.split('/');
  const endpoint = healthEndpoints.find((one) => one === first);
  if (endpoint === undefined) return undefined;
  const checks = health[endpoint];
  const single = rest.join('/');
  if (rest.length > 0) return answerOne(checks.find(({ name }) => name === single));
  return answerAll(endpoint, checks, request.query);
}

function answerOne(found: HealthCheck | undefined): Answer {
  if (found === undefined) return pathNotFound();
  const failure = found.check();
  return failure === undefined ? textAnswer(200, 'ok') : plain(500, `internal server error: ${failure}\n`);
}

/** Why a check failed is not told to everybody: it has a path of its own, for which one needs the right. */
function answerAll(endpoint: string, checks: readonly HealthCheck[], query: URLSearchParams): Answer {
  const excluded = new Set(query.getAll('exclude'));
  let failed = false;
  let text = '';
  for (const { name, check } of checks) {
    const left = excluded.delete(name);
    const well = left || check() === undefined;
    failed ||= !well;
    text += well ? `[+]${name} ${left ? 'excluded: ok' : 'ok'}\n` : `[-]${name} failed: reason withheld\n`;
  }
  if (excluded.size > 0) {
    const names = [...excluded].toSorted().map((name) => JSON.stringify(name));
    text += `warn: some health checks cannot be excluded: no matches for ${names.join(',')}\n`;
  }
  if (failed) return plain(500, `${text}${endpoint} check failed\n`);
  return query.has('verbose') ? plain(200, `${text}${endpoint} check passed\n`) : plain(200, 'ok');
}

function plain(status: number, text: string): Answer {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  return { type: 'raw', status, headers, body: text };
}
