/** What is told of one request, stage by stage. */
import type { ApiError } from '../../api/api-error.ts';
import type { JsonObject } from '../../api/schema.ts';
import { formatMicroTime } from '../../api/time.ts';
import type { Served } from '../registry/served.ts';
import type { Answer, ApiRequest, AuditAnnotations } from '../request.ts';
import { namespaceOf } from '../request-info.ts';
import type { User } from '../user.ts';
import type { AuditedUser, AuditEvent, ObjectReference } from './audit-event.ts';
import { answeredObject, requestedObject, shownWithoutManagers } from './bodies.ts';
import { levels, type AuditDecision, type AuditLevel, type AuditStage } from './policy.ts';

export interface AuditRecordOptions {
  readonly request: ApiRequest;
  readonly served: Served | undefined;
  readonly auditId: string;
  readonly decision: AuditDecision;
  readonly receivedMs: number;
  readonly now: () => number;
  readonly tell: (event: AuditEvent) => boolean | Promise<boolean>;
  /** Takes charge of what goes on after the request was answered. */
  readonly goOn: (work: Promise<unknown>) => void;
}

const maxUserAgent = 1024;

export class AuditRecord implements AuditAnnotations {
  readonly #options: AuditRecordOptions;
  readonly #annotations = new Map<string, string>();
  #impersonated: User | undefined;
  #constraint: string | undefined;

  constructor(options: AuditRecordOptions) {
    this.#options = options;
  }

  add(key: string, value: string, level: AuditLevel = 'Metadata'): void {
    if (this.#reaches(level) && !this.#annotations.has(key)) this.#annotations.set(key, value);
  }

  /** `constraint`: the kind of right by which the user may act so, where it is a limited one. */
  impersonates(user: User, constraint?: string): void {
    this.#impersonated = user;
    this.#constraint = constraint;
  }

  /** Whether the event was kept. */
  received(): boolean | Promise<boolean> {
    if (this.#omits('RequestReceived')) return true;
    return this.#options.tell(this.#event('RequestReceived', {}));
  }

  /** A long answer has begun. */
  started(code: number): void {
    if (!this.#omits('ResponseStarted')) {
      void this.#options.tell(this.#event('ResponseStarted', { responseStatus: statusOf(code) }));
    }
  }

  /** `answer`: undefined when it was refused with the error. */
  complete(code: number, answer: Answer | undefined, error: ApiError | undefined): void {
    if (!this.#omits('ResponseComplete')) this.#options.goOn(this.#tellComplete(code, answer, error));
  }

  async #tellComplete(code: number, answer: Answer | undefined, error: ApiError | undefined): Promise<void> {
    const responseStatus = error === undefined ? statusOf(code) : statusOfError(error.toStatus());
    const bodies = await this.#bodies(answer, error);
    await this.#options.tell(this.#event('ResponseComplete', { responseStatus, ...bodies }));
  }

  panic(why: string): void {
    if (this.#omits('Panic')) return;
    const message = `APIServer panic'd: ${why}`;
    const responseStatus = { metadata: {}, status: 'Failure', message, reason: 'InternalError', code: 500 };
    void this.#options.tell(this.#event('Panic', { responseStatus }));
  }

  async #bodies(answer: Answer | undefined, error: ApiError | undefined): Promise<Partial<AuditEvent>> {
    const { request, served, decision } = this.#options;
    const shown = decision.omitManagedFields ? shownWithoutManagers : <T>(value: T): T => value;
    const requested = await requestedObject(request, served);
    const objectRef = this.#objectRef(requested);
    const requestObject = this.#reaches('Request') && requested !== undefined ? shown(requested) : undefined;
    const answered = this.#reaches('RequestResponse') ? (error?.toStatus() ?? answeredObject(answer)) : undefined;
    return {
      ...(objectRef === undefined ? {} : { objectRef }),
      ...(requestObject === undefined ? {} : { requestObject }),
      ...(answered === undefined ? {} : { responseObject: shown(answered) }),
    };
  }

  #event(stage: AuditStage, told: Partial<AuditEvent>): AuditEvent {
    const { request, auditId, decision, receivedMs, now } = this.#options;
    const { userAgent } = request;
    const objectRef = told.objectRef ?? this.#objectRef(undefined);
    const sourceIPs = sourceAddresses(request);
    return {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: decision.level,
      auditID: auditId,
      stage,
      requestURI: uriOf(request),
      verb: request.info.verb,
      user: auditedUser(request.user),
      ...(this.#impersonated === undefined ? {} : { impersonatedUser: auditedUser(this.#impersonated) }),
      ...(this.#constraint === undefined
        ? {}
        : { authenticationMetadata: { impersonationConstraint: this.#constraint } }),
      ...(sourceIPs.length === 0 ? {} : { sourceIPs }),
      ...(userAgent === '' ? {} : { userAgent: shortened(userAgent) }),
      ...(objectRef === undefined ? {} : { objectRef }),
      ...(told.responseStatus === undefined ? {} : { responseStatus: told.responseStatus }),
      ...(told.requestObject === undefined ? {} : { requestObject: told.requestObject }),
      ...(told.responseObject === undefined ? {} : { responseObject: told.responseObject }),
      requestReceivedTimestamp: formatMicroTime(receivedMs),
      stageTimestamp: formatMicroTime(stage === 'RequestReceived' ? receivedMs : now()),
      ...(this.#annotations.size === 0 ? {} : { annotations: sorted(this.#annotations) }),
    };
  }

  /** The object that the request is about; what the path does not say comes from the body. */
  #objectRef(body: unknown): ObjectReference | undefined {
    const target = this.#options.request.info.resource;
    if (target === undefined) return undefined;
    const said = ((body as { readonly metadata?: ObjectReference } | undefined)?.metadata ?? {}) as ObjectReference;
    const members: readonly (readonly [keyof ObjectReference, string | undefined])[] = [
      ['resource', target.resource],
      ['namespace', namespaceOf(target) || said.namespace],
      ['name', target.name ?? said.name],
      ['uid', said.uid],
      ['apiGroup', target.group],
      ['apiVersion', target.version],
      ['resourceVersion', said.resourceVersion],
      ['subresource', target.subresource],
    ];
    return Object.fromEntries(members.filter(([, value]) => value !== undefined && value !== ''));
  }

  #omits(stage: AuditStage): boolean {
    return this.#options.decision.omitStages.has(stage);
  }

  #reaches(level: AuditLevel): boolean {
    return levels.indexOf(this.#options.decision.level) >= levels.indexOf(level);
  }
}

const statusOf = (code: number): JsonObject => ({ metadata: {}, code });

const statusOfError = (status: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(status).filter(([name]) => name !== 'kind' && name !== 'apiVersion'));

function auditedUser({ name, uid, groups, extra }: User): AuditedUser {
  return {
    ...(name === '' ? {} : { username: name }),
    ...(uid === undefined || uid === '' ? {} : { uid }),
    ...(groups.length === 0 ? {} : { groups }),
    ...(extra === undefined || Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

function uriOf({ incoming, info, query }: ApiRequest): string {
  return incoming?.url ?? (query.size === 0 ? info.path : `${info.path}?${query}`);
}

/** The client's address, after those that proxies say it came through. */
function sourceAddresses({ incoming }: ApiRequest): string[] {
  if (incoming === undefined) return [];
  const header = (name: string): string[] => String(incoming.headers[name] ?? '').split(',');
  const remote = incoming.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
  const all = [...header('x-forwarded-for'), ...header('x-real-ip'), remote].map((address) => address.trim());
  return [...new Set(all.filter((address) => address !== ''))];
}

const shortened = (text: string): string =>
  text.length > maxUserAgent ? `${text.slice(0, maxUserAgent)}...TRUNCATED` : text;

const sorted = (annotations: ReadonlyMap<string, string>): Record<string, string> =>
  Object.fromEntries([...annotations].toSorted(([a], [b]) => (a < b ? -1 : 1)));
