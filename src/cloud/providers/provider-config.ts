/**
 * Reads the file of --cloud-config: YAML with a mapping of settings, whose names and shapes are the provider's. Each setting is
 * taken once; what nobody took is an error, so that a misspelt name does not go unnoticed.
 */
export class ProviderConfigError extends Error {
  override readonly name = 'ProviderConfigError';
}

export class ProviderConfig {
  readonly #values: Map<string, unknown>;
  readonly #known: string[] = [];

  private constructor(values: Map<string, unknown>) {
    this.#values = values;
  }

  /** @throws ProviderConfigError for what is no mapping. */
  static async read(text: string): Promise<ProviderConfig> {
    if (text.trim() === '') return new ProviderConfig(new Map());
    const { load } = await import('js-yaml');
    let value: unknown;
    try {
      value = load(text);
    } catch (error) {
      throw new ProviderConfigError(`The cloud configuration is no YAML: ${(error as Error).message.split('\n')[0]}`);
    }
    if (value === undefined || value === null) return new ProviderConfig(new Map());
    if (typeof value !== 'object' || Array.isArray(value)) {
      throw new ProviderConfigError('The cloud configuration must be a mapping of settings');
    }
    return new ProviderConfig(new Map(Object.entries(value)));
  }

  text(name: string): string | undefined {
    const value = this.#take(name);
    if (value === undefined || typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
    throw new ProviderConfigError(`"${name}" in the cloud configuration must be a text`);
  }

  texts(name: string): readonly string[] {
    const value = this.#take(name) ?? [];
    if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
    throw new ProviderConfigError(`"${name}" in the cloud configuration must be a list of texts`);
  }

  switched(name: string): boolean | undefined {
    const value = this.#take(name);
    if (value === undefined || typeof value === 'boolean') return value;
    throw new ProviderConfigError(`"${name}" in the cloud configuration must be true or false`);
  }

  /** To be called when all settings are taken. @throws ProviderConfigError for those that nobody asked for. */
  end(): void {
    const [unknown] = this.#values.keys();
    if (unknown === undefined) return;
    const known = this.#known.join(', ');
    throw new ProviderConfigError(`The cloud configuration has no setting "${unknown}"; there are ${known}`);
  }

  #take(name: string): unknown {
    this.#known.push(name);
    const value = this.#values.get(name);
    this.#values.delete(name);
    return value ?? undefined;
  }
}

/** @throws ProviderConfigError when the setting is not given. */
export function requireSetting(name: string, value: string | undefined): string {
  if (value !== undefined && value !== '') return value;
  throw new ProviderConfigError(`The cloud configuration must give "${name}"`);
}
