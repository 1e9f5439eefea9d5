import { Endpoints, Services } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { service } from '../testing/objects.ts';
import { endpointSliceMirroringController } from './reconcile.ts';

const ref = { namespace: 'default', name: 'web' };
const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];

testCuts('endpointSliceMirroringController mirrors what users write', {
  controllers: [endpointSliceMirroringController],
  play: async ({ api, quiet }) => {
    const { selector: _, ...spec } = service('web').spec;
    await api.create(Services, { metadata: ref, spec });
    const subsets = [{ addresses: [{ ip: '10.1.2.3' }, { ip: 'fd00::3' }], ports }];
    await api.create(Endpoints, { metadata: ref, subsets });
    await quiet();
    const stored = await api.get(Endpoints, ref);
    await api.update(Endpoints, { ...stored, subsets: [{ addresses: [{ ip: '10.2.3.4' }], ports }] });
    await quiet();
    await api.delete(Endpoints, ref);
    await quiet();
  },
});
