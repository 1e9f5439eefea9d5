/**
 * A plugin that throws this at reserve, permit, preBind or bind says that the pod does not fit after all: it waits for a
 * change that helps, where any other error has it tried again after its backoff.
 */
export class Rejection extends Error {
  override readonly name = 'Rejection';
  /** The plugin that threw it, '' before the scheduler has caught it. */
  readonly plugin: string;

  constructor(message: string, plugin = '') {
    super(message);
    this.plugin = plugin;
  }

  by(plugin: string): Rejection {
    return new Rejection(this.message, plugin);
  }
}
