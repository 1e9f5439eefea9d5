/**
 * Who the components are to the API server: the users of Kubernetes' own components, whose roles are among the bootstrap
 * objects. They are the same in one process (by call) and in many (by certificate).
 */
import type { User } from '../apiserver/user.ts';

/**
 * The controllers act as one user here, with all rights; Kubernetes gives each a service account and a role of its own.
 */
export const controllerManager: User = { name: 'system:kube-controller-manager', groups: ['system:masters'] };

export const scheduler: User = { name: 'system:kube-scheduler', groups: [] };

export const proxy: User = { name: 'system:kube-proxy', groups: [] };

export const dns: User = {
  name: 'system:serviceaccount:kube-system:coredns',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system'],
};

export const admin: User = { name: 'kubernetes-admin', groups: ['system:masters'] };

export const kubelet = (nodeName: string): User => ({ name: `system:node:${nodeName}`, groups: ['system:nodes'] });
