/** What the verbs of the API server share: one value, made once when the server starts. */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { Store } from '../store/store.ts';
import type { Admission } from './admission/admission.ts';
import type { Impersonate } from './authentication/impersonation.ts';
import type { Aggregation } from './aggregation/aggregation.ts';
import type { Authentication } from './authentication/authentication.ts';
import type { WholeAuthorizer } from './authorization/authorizer.ts';
import type { Encryption } from './encryption/encryption.ts';
import type { KubeletConnection } from './nodes/kubelet-connection.ts';
import type { CountWait } from './metrics/wait-metrics.ts';
import type { ServedResources } from './registry/served-resources.ts';
import type { ServiceAccountTokens } from './authentication/service-account-tokens.ts';
import type { Reservations } from './services/reservations.ts';

export interface Api {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly resources: ServedResources;
  readonly admission: Admission;
  /** All authorizers as one; it also knows the rules that hold for a user, for those who ask what they may do. */
  readonly authorizer: WholeAuthorizer;
  readonly impersonate: Impersonate;
  readonly tokens: ServiceAccountTokens;
  readonly authentication: Authentication;
  readonly reservations: Reservations;
  readonly kubelets: KubeletConnection;
  /** Watches that do not say how long they want to last do so for this to twice as long. */
  readonly minRequestTimeoutSeconds: number;
  /** Undefined: objects are stored as they are. */
  readonly encryption: Encryption | undefined;
  /** Counts how long requests wait for what others wrote. */
  readonly waited: CountWait;
  /** Groups that other servers answer. */
  readonly aggregation: Aggregation;
}
