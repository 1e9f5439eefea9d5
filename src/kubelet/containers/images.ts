/**
 * Gets the image of a container to the node, as its pull policy says. A registry that refuses is asked again after 10 s, doubling to
 * 5 min; pulls of the same image at the same time are one.
 */
import type { Container, Pod } from '../../api/groups/core.v1.ts';
import type { Clock } from '../../base/clock.ts';
import type { ContainerRuntime, Image, RegistryAuth } from '../runtimes/runtime.ts';
import { formatDuration } from '../../api/duration.ts';
import { errorText } from '../../base/log.ts';

export type ImageOutcome =
  | { readonly ok: true; readonly image: Image }
  | { readonly ok: false; readonly reason: string; readonly message: string; readonly retryAtMs: number };

export interface ImageEvents {
  event(type: 'Normal' | 'Warning', reason: string, message: string): void;
}

const firstDelayMs = 10_000;
const longestDelayMs = 300_000;
/** A refusal is shown as such for a while; then it becomes a back-off. */
const refusalShownMs = 2000;
/** A local check that failed is cheap to repeat. */
const recheckMs = 10_000;

interface PullBackoff {
  readonly delayMs: number;
  readonly retryAtMs: number;
  readonly message: string;
}

export class Images {
  readonly #runtime: ContainerRuntime;
  readonly #clock: Clock;
  readonly #pulls = new Map<string, Promise<string>>();
  /** By pod and image. */
  readonly #backoffs = new Map<string, PullBackoff>();

  constructor(runtime: ContainerRuntime, clock: Clock) {
    this.#runtime = runtime;
    this.#clock = clock;
  }

  async ensure(
    pod: Pod,
    container: Container,
    auths: readonly RegistryAuth[],
    events: ImageEvents,
  ): Promise<ImageOutcome> {
    const wanted = container.image ?? '';
    const policy = container.imagePullPolicy ?? 'IfNotPresent';
    const nowMs = this.#clock.now();
    if (/\s|[A-Z].*\//.test(wanted) || wanted === '') {
      const message = `Failed to apply default image tag "${wanted}": couldn't parse image name "${wanted}": invalid reference format`;
      events.event('Warning', 'InspectFailed', message);
      return { ok: false, reason: 'InvalidImageName', message, retryAtMs: nowMs + recheckMs };
    }
    const present = await this.#runtime.images.status(wanted);
    if (present !== undefined && policy !== 'Always') {
      const message = `Container image "${wanted}" already present on machine and can be accessed by the pod`;
      events.event('Normal', 'Pulled', message);
      return { ok: true, image: present };
    }
    if (policy === 'Never') {
      const message = `Container image "${wanted}" is not present with pull policy of Never`;
      events.event('Warning', 'ErrImageNeverPull', message);
      return { ok: false, reason: 'ErrImageNeverPull', message, retryAtMs: nowMs + recheckMs };
    }
    return this.#pull(`${pod.metadata.uid}/${wanted}`, wanted, auths, events);
  }

  /** The pod is gone. */
  forget(uid: string): void {
    for (const key of this.#backoffs.keys()) if (key.startsWith(`${uid}/`)) this.#backoffs.delete(key);
  }

  async #pull(key: string, image: string, auths: readonly RegistryAuth[], events: ImageEvents): Promise<ImageOutcome> {
    const backoff = this.#backoffs.get(key);
    if (backoff !== undefined && this.#clock.now() < backoff.retryAtMs) {
      const text = `Back-off pulling image "${image}"`;
      events.event('Normal', 'BackOff', text);
      const message = `${text}: ErrImagePull: ${backoff.message}`;
      return { ok: false, reason: 'ImagePullBackOff', message, retryAtMs: backoff.retryAtMs };
    }
    events.event('Normal', 'Pulling', `Pulling image "${image}"`);
    const begun = this.#clock.now();
    try {
      const reference = await this.#pullOnce(image, auths);
      this.#backoffs.delete(key);
      const found = (await this.#runtime.images.status(reference)) ?? (await this.#runtime.images.status(image));
      if (found === undefined) throw new Error('the image is not there after it was pulled');
      const took = formatDuration(this.#clock.now() - begun);
      const text = `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${found.sizeBytes} bytes.`;
      events.event('Normal', 'Pulled', text);
      return { ok: true, image: found };
    } catch (error) {
      const message = `failed to pull image "${image}": ${errorText(error)}`;
      const delayMs = Math.min(backoff === undefined ? firstDelayMs : backoff.delayMs * 2, longestDelayMs);
      this.#backoffs.set(key, { delayMs, retryAtMs: this.#clock.now() + delayMs, message });
      events.event('Warning', 'Failed', `Failed to pull image "${image}": ${errorText(error)}`);
      return { ok: false, reason: 'ErrImagePull', message, retryAtMs: this.#clock.now() + refusalShownMs };
    }
  }

  #pullOnce(image: string, auths: readonly RegistryAuth[]): Promise<string> {
    const key = `${image} ${JSON.stringify(auths)}`;
    const running = this.#pulls.get(key);
    if (running !== undefined) return running;
    const pull = this.#pullWith(image, auths).finally(() => this.#pulls.delete(key));
    this.#pulls.set(key, pull);
    return pull;
  }

  /** Each credential in turn; the last refusal counts. */
  async #pullWith(image: string, auths: readonly RegistryAuth[]): Promise<string> {
    if (auths.length === 0) return this.#runtime.images.pull(image);
    let refusal: unknown;
    for (const auth of auths) {
      try {
        return await this.#runtime.images.pull(image, auth);
      } catch (error) {
        refusal = error;
      }
    }
    throw refusal;
  }
}
