import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command } from './commands/controllers.ts';
import { readArguments } from './command.ts';
import { readNodeRangeFlags } from './node-range-flags.ts';
import { UsageError } from './usage-error.ts';

const read = (...given: readonly string[]) => readNodeRangeFlags(readArguments(command, given).flags);

test('readNodeRangeFlags() reads ranges of one family or two, when they are asked for', () => {
  assert.equal(read('--cluster-cidr=10.244.0.0/16'), undefined);
  assert.deepEqual(read('--allocate-node-cidrs', '--cluster-cidr=10.244.0.0/16', '--node-cidr-mask-size=26'), {
    clusterCidrs: ['10.244.0.0/16'],
    serviceCidrs: [],
    maskSizeV4: 26,
    maskSizeV6: 26,
  });
  const both = read('--allocate-node-cidrs', '--cluster-cidr=10.244.0.0/16,fd00::/56', '--node-cidr-mask-size-ipv6=72');
  assert.deepEqual(both, { clusterCidrs: ['10.244.0.0/16', 'fd00::/56'], serviceCidrs: [], maskSizeV6: 72 });
});

test('readNodeRangeFlags() refuses ranges that nothing can be given from', () => {
  const wrong = [[], ['--cluster-cidr=x'], ['--cluster-cidr=10.0.0.0/25'], ['--cluster-cidr=10.0.0.0/16,10.1.0.0/16']];
  for (const given of wrong) assert.throws(() => read('--allocate-node-cidrs', ...given), UsageError, given.join());
});
