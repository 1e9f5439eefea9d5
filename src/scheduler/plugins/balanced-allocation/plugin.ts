/** Prefers nodes on which the shares of cpu and memory that are taken lie close together, so that neither is stranded. */
import { maxScore, type Plugin } from '../../framework.ts';

export const balancedAllocation: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  helpedBy: [],
  preScore({ requests }, table) {
    const cpuWanted = requests.get('cpu') ?? 0;
    const memoryWanted = requests.get('memory') ?? 0;
    if (cpuWanted === 0 && memoryWanted === 0) return undefined;
    const cpu = table.resource('cpu');
    const memory = table.resource('memory');
    return {
      score(row) {
        const cpuTotal = cpu.allocatable[row] ?? 0;
        const memoryTotal = memory.allocatable[row] ?? 0;
        if (cpuTotal === 0 || memoryTotal === 0) return maxScore;
        const cpuShare = Math.min(1, ((cpu.requested[row] ?? 0) + cpuWanted) / cpuTotal);
        const memoryShare = Math.min(1, ((memory.requested[row] ?? 0) + memoryWanted) / memoryTotal);
        return Math.trunc((1 - Math.abs(cpuShare - memoryShare) / 2) * maxScore);
      },
    };
  },
};
