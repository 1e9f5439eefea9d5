/** A container cannot be made as its spec says: the user must change something, or something that is missing must come. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** How the status calls it. */
  readonly reason: 'CreateContainerConfigError' | 'CreateContainerError' | 'RunContainerError' | 'PostStartHookError';

  constructor(message: string, reason: ConfigError['reason'] = 'CreateContainerConfigError', options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
