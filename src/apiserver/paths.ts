/** Paths that are not resources: health, version, discovery, OpenAPI, metrics, the keys of service account tokens. */
import { openApiIndex, openApiV2, openApiV3 } from './discovery/openapi.ts';
import { discover } from './discovery/discovery.ts';
import type { PathHandler } from './dispatch.ts';
import { answerHealth, type Health } from './health.ts';
import type { RequestMetrics } from './metrics.ts';
import { textAnswer } from './request.ts';
import { versionInfo } from './version.ts';
import { issuer } from './authentication/service-account-tokens.ts';
import type { JsonObject } from '../api/schema.ts';

export function createPathHandler(health: Health, metrics: RequestMetrics): PathHandler {
  return (api, request) => {
    const { path } = request.info;
    const answer = (object: JsonObject) => ({ type: 'object', status: 200, object }) as const;
    switch (path) {
      case '/':
        return answer({ paths: rootPaths });
      case '/version':
      case '/version/':
        return answer(versionInfo);
      case '/metrics':
        return metrics.answer(api);
      case '/openapi/v2':
        return openApiV2(api, request);
      case '/openapi/v3':
        return openApiIndex(api);
      case '/openid/v1/jwks':
        return {
          type: 'raw',
          status: 200,
          headers: { 'content-type': 'application/jwk-set+json' },
          body: JSON.stringify(api.tokens.keySet()),
        };
      case '/.well-known/openid-configuration':
        return answer({
          issuer,
          jwks_uri: `${issuer}/openid/v1/jwks`,
          response_types_supported: ['id_token'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['ES256'],
        });
      case '/robots.txt':
        return textAnswer(200, 'User-agent: *\nDisallow: /\n');
      default:
        if (path.startsWith('/openapi/v3/')) return openApiV3(api, request, path.slice('/openapi/v3/'.length));
        return answerHealth(health, request) ?? discover(api, request);
    }
  };
}

const rootPaths = [
  '/api',
  '/apis',
  '/healthz',
  '/livez',
  '/metrics',
  '/openapi/v2',
  '/openapi/v3',
  '/openid/v1/jwks',
  '/readyz',
  '/version',
];
