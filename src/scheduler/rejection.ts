/**
 * A plugin that throws this says that the pod does not fit after all, where any other error means that something went
 * wrong. At reserve and permit it speaks of the chosen node, and the pod waits for a change that helps; at preBind and bind,
 * when nothing is left to choose, the pod is tried again after its backoff.
 */
export class Rejection extends Error {
  override readonly name = 'Rejection';
  /** The plugin that threw it, '' before the scheduler has caught it. */
  readonly plugin: string;
  /** Whether another node might have taken the pod. */
  readonly ofNode: boolean;

  constructor(message: string, { plugin = '', ofNode = true }: { plugin?: string; ofNode?: boolean } = {}) {
    super(message);
    this.plugin = plugin;
    this.ofNode = ofNode;
  }
}
