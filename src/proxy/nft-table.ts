/**
 * The kernel's table of this proxy: knows what was applied last and sends only the difference.
 * A refused transaction changes nothing; the next one starts from an empty table again.
 */
import { tableChange, emptyRuleset, removalScript, tableScript, type Ruleset, type TableOptions } from './nftables.ts';
import { runTool } from './run-tool.ts';

const missing = 'Cannot program services: the program "nft" is missing (Debian package nftables)';

export class NftTable {
  readonly #options: TableOptions;
  readonly #command: readonly string[];
  #applied: Ruleset | undefined;

  /** `command`: nft, perhaps behind what enters a network namespace. */
  constructor(options: TableOptions, command: readonly string[] = ['nft']) {
    this.#options = options;
    this.#command = command;
  }

  async apply(ruleset: Ruleset): Promise<void> {
    const { tableName } = this.#options;
    const first = this.#applied === undefined;
    const { transaction, cleanup } = tableChange(tableName, this.#applied ?? emptyRuleset, ruleset);
    this.#applied = undefined;
    const script = first ? tableScript(this.#options) + transaction : transaction;
    if (script !== '') await this.#run(script);
    if (cleanup !== '') await this.#run(cleanup);
    this.#applied = ruleset;
  }

  async remove(): Promise<void> {
    this.#applied = undefined;
    await this.#run(removalScript(this.#options.tableName));
  }

  async #run(script: string): Promise<void> {
    const { code, stderr } = await runTool([...this.#command, '-f', '-'], script, missing);
    if (code !== 0) throw new Error(`Cannot program services: nft answered: ${stderr}`);
  }
}
