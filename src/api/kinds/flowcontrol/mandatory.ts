/** Specs of priority and fairness that every cluster has and nobody may change. */
import type { FlowSchema, PriorityLevelConfiguration } from '../../groups/flowcontrol.v1.ts';

type Name = 'exempt' | 'catch-all';

export const mandatorySchemas: Readonly<Record<Name, FlowSchema['spec']>> = {
  exempt: {
    priorityLevelConfiguration: {
      name: 'exempt',
    },
    matchingPrecedence: 1,
    rules: [
      {
        subjects: [
          {
            kind: 'Group',
            group: {
              name: 'system:masters',
            },
          },
        ],
        resourceRules: [
          {
            verbs: ['*'],
            apiGroups: ['*'],
            resources: ['*'],
            clusterScope: true,
            namespaces: ['*'],
          },
        ],
        nonResourceRules: [
          {
            verbs: ['*'],
            nonResourceURLs: ['*'],
          },
        ],
      },
    ],
  },
  'catch-all': {
    priorityLevelConfiguration: {
      name: 'catch-all',
    },
    matchingPrecedence: 10000,
    distinguisherMethod: {
      type: 'ByUser',
    },
    rules: [
      {
        subjects: [
          {
            kind: 'Group',
            group: {
              name: 'system:unauthenticated',
            },
          },
          {
            kind: 'Group',
            group: {
              name: 'system:authenticated',
            },
          },
        ],
        resourceRules: [
          {
            verbs: ['*'],
            apiGroups: ['*'],
            resources: ['*'],
            clusterScope: true,
            namespaces: ['*'],
          },
        ],
        nonResourceRules: [
          {
            verbs: ['*'],
            nonResourceURLs: ['*'],
          },
        ],
      },
    ],
  },
};

export const mandatoryLevels: Readonly<Record<Name, PriorityLevelConfiguration['spec']>> = {
  exempt: {
    type: 'Exempt',
    exempt: {
      nominalConcurrencyShares: 0,
      lendablePercent: 0,
    },
  },
  'catch-all': {
    type: 'Limited',
    limited: {
      nominalConcurrencyShares: 5,
      limitResponse: {
        type: 'Reject',
      },
      lendablePercent: 0,
    },
  },
};

/** Whether the object of this name has a fixed spec. */
export function isMandatory(name: string | undefined): name is Name {
  return name === 'exempt' || name === 'catch-all';
}
