import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NftTable } from './nft-table.ts';
import { emptyRuleset } from './nftables.ts';

const options = { tableName: 'slipway-test', nodeIps: [], clusterCidr: '10.244.0.0/16' };

test('apply() says which package is missing on a machine without nft', async () => {
  await assert.rejects(new NftTable(options, ['nft-is-not-installed']).apply(emptyRuleset), {
    message: 'Cannot program services: the program "nft" is missing (Debian package nftables)',
  });
});

test('apply() says what nft has against a transaction', async () => {
  const refusing = ['sh', '-c', 'echo "no such thing" >&2; exit 1'];
  await assert.rejects(new NftTable(options, refusing).apply(emptyRuleset), {
    message: 'Cannot program services: nft answered: no such thing',
  });
});
