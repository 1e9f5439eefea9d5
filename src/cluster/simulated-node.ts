import type { NodeContext } from './node-context.ts';
import type { Part } from './supervise.ts';
export function simulatedNodePart(_node: NodeContext): Part { return { name: 'x', run: (s) => new Promise((r) => s.addEventListener('abort', () => r())) }; }
