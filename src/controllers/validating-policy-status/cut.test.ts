import { ValidatingAdmissionPolicies } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { validatingPolicyStatusController } from './reconcile.ts';

const rule = { operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] };
const matchConstraints = { resourceRules: [rule] };

testCuts('validatingPolicyStatusController checks what is written', {
  controllers: [validatingPolicyStatusController],
  play: async ({ api, quiet }) => {
    const validations = [{ expression: 'object.date.size() > 0' }];
    await api.create(ValidatingAdmissionPolicies, { metadata: { name: 'p' }, spec: { matchConstraints, validations } });
    await quiet();
    const policy = await api.get(ValidatingAdmissionPolicies, { name: 'p' });
    const mended = [{ expression: 'object.data.size() > 0' }];
    await api.update(ValidatingAdmissionPolicies, { ...policy, spec: { ...policy.spec, validations: mended } });
    await quiet();
  },
});
