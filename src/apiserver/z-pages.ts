/**
 * /statusz and /flagz: what a person wants to know of a running server, as text, and for programs that ask for it as an
 * object of config.k8s.io. https://kubernetes.io/docs/reference/instrumentation/zpages
 */
import type { Json } from '../api/schema.ts';
import { formatTime } from '../api/time.ts';
import { readAccept } from './http/accept.ts';
import { joinPieces } from './http/body-writer.ts';
import { notAcceptable, readMediaType, type Negotiated } from './http/negotiate.ts';
import { encode } from './http/render.ts';
import type { Answer } from './request.ts';
import { versionInfo } from './version.ts';

export interface PageFacts {
  readonly startedMs: number;
  readonly nowMs: number;
  /** Paths that the server answers. */
  readonly paths: readonly string[];
  /** The flags that the server was started with. */
  readonly flags: Readonly<Record<string, string>>;
}

const component = 'kube-apiserver';
const group = 'config.k8s.io';
const versions = ['v1alpha1', 'v1beta1'];
const warning =
  'Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for ' +
  'debugging purposes only.';

export function statusPage(facts: PageFacts, accept: string): Answer | Promise<Answer> {
  const { startedMs, nowMs } = facts;
  const { major, minor, gitVersion, minCompatibilityMajor, minCompatibilityMinor } = versionInfo;
  const paths = pagePaths(facts.paths);
  const uptimeSeconds = Math.floor((nowMs - startedMs) / 1000);
  const emulated = `${String(major)}.${String(minor)}`;
  const binaryVersion = String(gitVersion).replace(/^v/, '');
  const page = asked(accept, 'Statusz');
  if (page !== 'text') {
    return object(page, 'Statusz', {
      startTime: formatTime(startedMs),
      uptimeSeconds,
      binaryVersion,
      emulationVersion: emulated,
      minimumCompatibilityVersion: `${String(minCompatibilityMajor)}.${String(minCompatibilityMinor)}`,
      paths: [...paths],
    });
  }
  const lines = [
    `Started: ${new Date(startedMs).toUTCString()}`,
    `Up: ${upText(uptimeSeconds)}`,
    `Node.js version: ${process.version}`,
    `Binary version: ${binaryVersion}`,
    `Emulation version: ${emulated}`,
    `Paths: ${paths.join(' ')}`,
  ];
  return text(`\n${component} statusz\n${warning}\n\n${lines.join('\n')}\n`);
}

export function flagPage({ flags }: PageFacts, accept: string): Answer | Promise<Answer> {
  const page = asked(accept, 'Flagz');
  if (page !== 'text') return object(page, 'Flagz', { flags: { ...flags } });
  const lines = Object.entries(flags).map(([name, value]) => `${name}=${value}\n`);
  return text(`\n${component} flags\n${warning}\n\n${lines.toSorted().join('')}`);
}

/** How the page is wanted: the first wish that can be granted. @throws ApiError NotAcceptable */
function asked(accept: string, kind: string): 'text' | Negotiated {
  if (accept === '') return 'text';
  for (const { type, parameters } of readAccept(accept)) {
    if (type === '*/*' || type === 'text/plain') return 'text';
    const mediaType = readMediaType(type);
    const version = parameters.get('v') ?? '';
    if (mediaType !== 'application/json' && mediaType !== 'application/yaml') continue;
    if (parameters.get('g') !== group || parameters.get('as') !== kind || !versions.includes(version)) continue;
    return { mediaType, form: 'object', formVersion: `${group}/${version}`, pretty: false };
  }
  throw notAcceptable(['application/json', 'application/yaml', 'text/plain']);
}

async function object(as: Negotiated, kind: string, fields: Readonly<Record<string, Json>>): Promise<Answer> {
  const whole = { kind, apiVersion: as.formVersion, metadata: { name: component }, ...fields };
  const { contentType, pieces } = await encode(whole, as);
  return { type: 'raw', status: 200, headers: { 'content-type': contentType }, body: joinPieces(pieces) };
}

function text(body: string): Answer {
  return { type: 'raw', status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

/** The first parts of all paths but those of the API itself. */
function pagePaths(paths: readonly string[]): readonly string[] {
  const first = paths.map((path) => `/${path.split('/')[1] ?? ''}`);
  return [...new Set(first)].filter(
    (path) => !['/', '/api', '/apis', '/openapi', '/openid', '/.well-known'].includes(path),
  );
}

function upText(seconds: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${Math.floor(seconds / 3600)} hr ${two((seconds % 3600) / 60)} min ${two(seconds % 60)} sec`;
}
