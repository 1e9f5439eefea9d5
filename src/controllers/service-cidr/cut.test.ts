import { IPAddresses, ServiceCIDRs } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { serviceCidrController } from './reconcile.ts';

testCuts('serviceCidrController holds a range, reports it and lets it go', {
  controllers: [serviceCidrController],
  play: async ({ api, clock, quiet }) => {
    await api.create(ServiceCIDRs, { metadata: { name: 'extra' }, spec: { cidrs: ['10.200.0.0/24'] } });
    await quiet();
    const parentRef = { group: '', resource: 'services', namespace: 'default', name: 'web' };
    await api.create(IPAddresses, { metadata: { name: '10.200.0.9' }, spec: { parentRef } });
    await api.delete(ServiceCIDRs, { name: 'extra' });
    await quiet();
    await api.delete(IPAddresses, { name: '10.200.0.9' });
    await quiet();
    clock.advance(20_000);
    await quiet();
  },
});
