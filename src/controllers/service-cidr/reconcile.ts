/** Sees to it that a range of Services' addresses is ready, and that it stays while addresses of it are in use. */
import { IPAddresses, ServiceCIDRs } from '../../api/resources.ts';
import type { Controller } from '../controller.ts';
import { contains, overlaps } from '../ip-network.ts';
import { namedAddress, finalizer, networksOf, planServiceCidr } from './plan.ts';

export const serviceCidrController: Controller = {
  name: 'service-cidr-controller',
  alias: 'servicecidr',
  eventSource: 'service-cidrs-controller',
  start({ informer, enqueue }) {
    const ranges = informer(ServiceCIDRs);
    const addresses = informer(IPAddresses);
    ranges.onChange(({ object }) => {
      // Another range may have been waiting for this one to take its addresses over.
      const own = networksOf(object);
      for (const range of ranges.list()) {
        const touches = networksOf(range).some((one) => own.some((other) => overlaps(one, other)));
        if (touches) enqueue(range.metadata.name);
      }
    });
    addresses.onChange(({ object }) => {
      const address = namedAddress(object.metadata.name);
      if (address === undefined) return;
      for (const range of ranges.list()) {
        const deleting = range.metadata.deletionTimestamp !== undefined;
        if (deleting && networksOf(range).some((one) => contains(one, address))) enqueue(range.metadata.name);
      }
    });
    return async (name, { client, nowMs }) => {
      const range = ranges.get(undefined, name);
      if (range === undefined) return;
      const others = ranges.list().filter((one) => one !== range);
      const plan = planServiceCidr({ range, others, addresses: addresses.list(), nowMs });
      const { metadata } = range;
      const finalizers = (metadata.finalizers ?? []).filter((one) => one !== finalizer);
      switch (plan.action) {
        case 'wait':
          return { afterMs: plan.afterMs };
        case 'report':
          await client.updateStatus(ServiceCIDRs, { ...range, status: plan.status });
          return;
        case 'hold':
          await client.update(ServiceCIDRs, {
            ...range,
            metadata: { ...metadata, finalizers: [...finalizers, finalizer] },
          });
          return;
        case 'release':
          await client.update(ServiceCIDRs, { ...range, metadata: { ...metadata, finalizers } });
          return;
        case 'none':
      }
    };
  },
};
