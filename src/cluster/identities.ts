/**
 * Who the components are to the API server: the users of Kubernetes' own components, whose roles are among the bootstrap
 * objects. They are the same in one process (by call) and in many (by certificate).
 */
import { serviceAccountGroups, type User } from '../apiserver/user.ts';

/** What the controllers share: informers, events, the token Secrets. Each acts as a service account of its own beyond that. */
export const controllerManager: User = { name: 'system:kube-controller-manager', groups: [] };

export const cloudControllerManager: User = { name: 'system:cloud-controller-manager', groups: [] };

/** A service account of kube-system. */
export const systemAccount = (name: string): User => ({
  name: `system:serviceaccount:kube-system:${name}`,
  groups: serviceAccountGroups('kube-system'),
});

export const scheduler: User = { name: 'system:kube-scheduler', groups: [] };

export const proxy: User = { name: 'system:kube-proxy', groups: [] };

export const dns: User = systemAccount('coredns');

export const admin: User = { name: 'kubernetes-admin', groups: ['system:masters'] };

export const kubelet = (nodeName: string): User => ({ name: `system:node:${nodeName}`, groups: ['system:nodes'] });
