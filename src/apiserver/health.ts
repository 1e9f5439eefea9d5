/** /healthz, /livez and /readyz, with each check by name, as kubelets, load balancers and people ask for them. */
import type { Answer, ApiRequest } from './request.ts';
import { textAnswer } from './request.ts';

export interface HealthCheck {
  readonly name: string;
  /** Undefined when well, else what is wrong. */
  check(): string | undefined;
}

export interface Health {
  readonly live: readonly HealthCheck[];
  /** Beyond the live ones: what must hold before requests are sent here. */
  readonly ready: readonly HealthCheck[];
}

/** The checks of an endpoint, which are also paths of their own below it. */
export function checksOf(health: Health, endpoint: string): readonly HealthCheck[] {
  return endpoint === 'readyz' ? [...health.live, ...health.ready] : health.live;
}

export function answerHealth(health: Health, request: ApiRequest): Answer | undefined {
  const [, endpoint = '', ...rest] = request.info.path.split('/');
  if (!['healthz', 'livez', 'readyz'].includes(endpoint)) return undefined;
  const checks = checksOf(health, endpoint);
  const single = rest.join('/');
  if (single !== '') {
    const found = checks.find(({ name }) => name === single);
    if (found === undefined) return textAnswer(404, '404 page not found\n');
    const failure = found.check();
    return failure === undefined ? textAnswer(200, 'ok') : textAnswer(500, `internal server error: ${failure}\n`);
  }
  const excluded = new Set(request.query.getAll('exclude'));
  const results = checks.map(({ name, check }) => ({
    name,
    failure: excluded.has(name) ? undefined : check(),
    excluded: excluded.has(name),
  }));
  const failed = results.some(({ failure }) => failure !== undefined);
  if (!failed && !request.query.has('verbose')) return textAnswer(200, 'ok');
  const lines = results.map(({ name, failure, excluded: left }) =>
    failure === undefined ? `[+]${name} ${left ? 'excluded: ok' : 'ok'}` : `[-]${name} failed: reason withheld`,
  );
  const unknown = [...excluded].filter((name) => !checks.some((check) => check.name === name)).toSorted();
  if (unknown.length > 0) {
    const names = unknown.map((name) => JSON.stringify(name)).join(', ');
    lines.push(`warn: some health checks cannot be excluded: no matches for ${names}`);
  }
  const verdict = failed ? `${endpoint} check failed` : `${endpoint} check passed`;
  return textAnswer(failed ? 500 : 200, `${lines.join('\n')}\n${verdict}\n`);
}
