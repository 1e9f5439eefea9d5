/** What is to be simulated, by the flags of the commands that do. */
import { readScenario, ScenarioError } from '../simulation/read-scenario.ts';
import { usualScenario, type Scenario } from '../simulation/scenario.ts';
import { readGivenFile } from './read-given-file.ts';
import { UsageError } from './usage-error.ts';

export interface SimulationWish {
  /** The flag that names the file, and its value. */
  readonly fileFlag: string;
  readonly file: string | undefined;
  /** The flag that says how many nodes, and its value. */
  readonly nodesFlag: string;
  readonly nodes: number | undefined;
}

/** A number of nodes counts more than that in the file. @throws UsageError */
export async function readSimulation({ fileFlag, file, nodesFlag, nodes }: SimulationWish): Promise<Scenario> {
  if (file === undefined) return usualScenario(nodes ?? usualCount);
  const scenario = await readFile(fileFlag, file);
  if (nodes === undefined) return scenario;
  const [group] = scenario.nodes;
  if (group === undefined || scenario.nodes.length > 1)
    throw new UsageError(`${nodesFlag} goes with a file of one group of nodes: "${file}" has ${scenario.nodes.length}`);
  return { ...scenario, nodes: [{ ...group, count: nodes }] };
}

const usualCount = 10;

async function readFile(flag: string, file: string): Promise<Scenario> {
  try {
    return await readScenario(await readGivenFile(flag, file));
  } catch (error) {
    if (error instanceof ScenarioError) throw new UsageError(`Cannot use "${file}": ${error.message}`);
    throw error;
  }
}
