/** Paths that are not resources: health, version, discovery, OpenAPI, metrics, the keys of service account tokens. */
import { openApiIndex, openApiV2, openApiV3 } from './discovery/openapi.ts';
import { discover } from './discovery/discovery.ts';
import type { Api } from './api.ts';
import type { PathHandler } from './dispatch.ts';
import { methodNotAllowed } from './path-errors.ts';
import { answerHealth, healthEndpoints, type Health } from './health.ts';
import { checkAccepts } from './http/negotiate.ts';
import type { Registry } from '../base/metrics.ts';
import { dumpFairness } from './fairness/dump.ts';
import type { Fairness } from './fairness/fairness.ts';
import { textAnswer, type Answer } from './request.ts';
import { flagPage, statusPage, type PageFacts } from './z-pages.ts';
import { versionInfo } from './version.ts';
import type { JsonObject } from '../api/schema.ts';

export interface PathOptions {
  readonly health: Health;
  readonly metrics: Registry;
  /** Called before those are read. */
  readonly refreshMetrics: () => Promise<void>;
  /** Those of /metrics/slis. */
  readonly healthMetrics: Registry;
  readonly startedMs: number;
  /** The flags that the server was started with. */
  readonly flags: Readonly<Record<string, string>>;
  /** Undefined: there is no fairness. */
  readonly fairness: Fairness | undefined;
}

export function createPathHandler(options: PathOptions): PathHandler {
  const { health, metrics, refreshMetrics, healthMetrics, fairness, startedMs, flags } = options;
  const facts = (api: Api): PageFacts => ({ startedMs, flags, nowMs: api.clock.now(), paths: indexPaths(api, health) });
  return (api, request) => {
    const { path } = request.info;
    switch (path) {
      case '/':
      case '/index.html':
        return readableJson({ paths: indexPaths(api, health) });
      case '/version':
      case '/version/':
        if (request.method !== 'GET') throw methodNotAllowed();
        checkAccepts(request.accept, ['application/json']);
        return readableJson(versionInfo);
      case '/metrics':
        return refreshMetrics().then(() => metricsAnswer(metrics));
      case '/metrics/slis':
        return metricsAnswer(healthMetrics);
      case '/statusz':
        return statusPage(facts(api), request.accept);
      case '/flagz':
        return flagPage(facts(api), request.accept);
      case '/openapi/v2':
        return openApiV2(api, request);
      case '/openapi/v3':
        return openApiIndex(api);
      case '/openid/v1/jwks':
        checkAccepts(request.accept, ['application/jwk-set+json']);
        return publish(api.tokens.keySet(), 'application/jwk-set+json');
      case '/.well-known/openid-configuration':
        checkAccepts(request.accept, ['application/json']);
        return publish(api.tokens.discovery(), 'application/json');
      case '/robots.txt':
        return textAnswer(200, 'User-agent: *\nDisallow: /\n');
      default:
        if (path.startsWith('/openapi/v3/')) return openApiV3(api, request, path.slice('/openapi/v3/'.length));
        if (fairness !== undefined && path.startsWith('/debug/')) return dumpFairness(fairness, request);
        return answerHealth(health, request) ?? discover(api, request);
    }
  };
}

function metricsAnswer(registry: Registry): Answer {
  const headers = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores' };
  return { type: 'raw', status: 200, headers, body: registry.text(), document: true };
}

/** In JSON with line breaks, whatever was asked for. */
function readableJson(object: JsonObject): Answer {
  return textAnswer(200, JSON.stringify(object, undefined, 2), 'application/json');
}

/** What parties outside the cluster read to trust its tokens; they may keep it for an hour. */
async function publish(document: Promise<object>, contentType: string): Promise<Answer> {
  const headers = { 'content-type': contentType, 'cache-control': 'public, max-age=3600' };
  return { type: 'raw', status: 200, headers, body: JSON.stringify(await document) };
}

/** What there is to ask for, as the server answers on /. */
function indexPaths(api: Api, health: Health): string[] {
  const local = api.resources.all().map(({ resource }) => resource);
  const groupVersions = [...local, ...api.aggregation.all()].flatMap(({ group, version }) => {
    return group === '' ? [`/api/${version}`] : [`/apis/${group}`, `/apis/${group}/${version}`];
  });
  const checks = healthEndpoints.flatMap((endpoint) => [
    `/${endpoint}`,
    ...health[endpoint].map(({ name }) => `/${endpoint}/${name}`),
  ]);
  const all = [...plainPaths, ...groupVersions, ...checks];
  return [...new Set(all)].toSorted((a, b) => (a < b ? -1 : 1));
}

const plainPaths = [
  '/.well-known/openid-configuration',
  '/api',
  '/apis',
  '/apis/',
  '/flagz',
  '/metrics',
  '/metrics/slis',
  '/openapi/v2',
  '/openapi/v3',
  '/openapi/v3/',
  '/openid/v1/jwks',
  '/statusz',
  '/version',
];
