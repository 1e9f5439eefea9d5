import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodSpec } from '../../../api/groups/core.v1.ts';
import { violations, type Level } from './standards.ts';

const told = (level: Level, minor: number | undefined, spec: object, annotations?: Record<string, string>): string[] =>
  violations({ level, minor }, { metadata: { annotations }, spec: spec as PodSpec }).map(
    ({ reason, detail }) => `${reason} (${detail})`,
  );

test('violations() of nothing special: none of baseline, four of restricted', () => {
  const spec = { containers: [{ name: 'a' }, { name: 'b' }] };
  assert.deepEqual(told('privileged', undefined, { ...spec, hostNetwork: true }), []);
  assert.deepEqual(told('baseline', undefined, spec), []);
  assert.deepEqual(told('restricted', undefined, spec), [
    'allowPrivilegeEscalation != false (containers "a", "b" must set securityContext.allowPrivilegeEscalation=false)',
    'unrestricted capabilities (containers "a", "b" must set securityContext.capabilities.drop=["ALL"])',
    'runAsNonRoot != true (pod or containers "a", "b" must set securityContext.runAsNonRoot=true)',
    'seccompProfile (pod or containers "a", "b" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
  ]);
});

test('violations() tells baseline before restricted, and a contained rule once', () => {
  const spec = {
    containers: [
      {
        name: 'c',
        ports: [{ containerPort: 80, hostPort: 8080 }],
        securityContext: {
          capabilities: { add: ['SYS_TIME'] },
          procMount: 'Unmasked',
          seccompProfile: { type: 'Unconfined' },
        },
      },
    ],
    volumes: [{ name: 'h', hostPath: { path: '/' } }],
    hostPID: true,
  };
  assert.deepEqual(told('baseline', undefined, spec), [
    'non-default capabilities (container "c" must not include "SYS_TIME" in securityContext.capabilities.add)',
    'host namespaces (hostPID=true)',
    'hostPath volumes (volume "h")',
    'hostPort (container "c" uses hostPort 8080)',
    'procMount (container "c" must not set securityContext.procMount to "Unmasked")',
    'seccompProfile (container "c" must not set securityContext.seccompProfile.type to "Unconfined")',
  ]);
  const reasons = told('restricted', undefined, spec).map((text) => text.slice(0, text.indexOf(' (')));
  assert.deepEqual(reasons, [
    'host namespaces',
    'hostPort',
    'allowPrivilegeEscalation != false',
    'unrestricted capabilities',
    'procMount',
    'restricted volume types',
    'runAsNonRoot != true',
    'seccompProfile',
  ]);
});

test('violations() asks for what the version knew', () => {
  const probe = { httpGet: { port: 80, host: '1.2.3.4' } };
  const spec = {
    containers: [{ name: 'c', livenessProbe: probe }],
    securityContext: { sysctls: [{ name: 'net.ipv4.tcp_rmem', value: '1' }] },
  };
  assert.deepEqual(told('baseline', 31, spec), ['forbidden sysctls (net.ipv4.tcp_rmem)']);
  assert.deepEqual(told('baseline', 33, spec), []);
  assert.deepEqual(told('baseline', 34, spec), [
    'probe or lifecycle host (container "c" uses probe or lifecycle host "1.2.3.4")',
  ]);
});

test('violations() spares pods of Windows what means nothing there', () => {
  const spec = {
    os: { name: 'windows' },
    containers: [{ name: 'c' }],
    securityContext: { runAsNonRoot: true },
  };
  assert.deepEqual(told('restricted', undefined, spec), []);
  assert.equal(told('restricted', 24, spec).length, 3);
});

test('violations() names the setters of a bad profile, annotations among them', () => {
  const key = 'container.apparmor.security.beta.kubernetes.io/c';
  const spec = {
    containers: [{ name: 'c', securityContext: { appArmorProfile: { type: 'Unconfined' } } }],
    securityContext: { appArmorProfile: { type: 'Unconfined' } },
  };
  assert.deepEqual(told('baseline', undefined, spec, { [key]: 'unconfined' }), [
    'forbidden AppArmor profiles (pod and container "c" and annotation must not set AppArmor profile type to ' +
      `"Unconfined", "${key}=\\"unconfined\\"")`,
  ]);
});

test('violations() spares pods with users of their own since 1.35, but for the mount of /proc in the restricted standard', () => {
  const spec = {
    hostUsers: false,
    containers: [{ name: 'c', securityContext: { procMount: 'Unmasked', runAsUser: 0 } }],
  };
  const unmasked = 'procMount (container "c" must not set securityContext.procMount to "Unmasked")';
  const users = (minor: number | undefined): string[] =>
    told('restricted', minor, spec).filter((text) => /^(procMount|runAs)/.test(text));
  assert.deepEqual(told('baseline', 34, spec), [unmasked]);
  assert.deepEqual(told('baseline', 35, spec), []);
  assert.deepEqual(users(undefined), [unmasked]);
  assert.deepEqual(users(34), [
    unmasked,
    'runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true)',
    'runAsUser=0 (container "c" must not set runAsUser=0)',
  ]);
});

test('violations() lets volumes of images be, whatever the version', () => {
  const spec = { containers: [], volumes: [{ name: 'v', image: { reference: 'i:1' } }] };
  for (const minor of [20, undefined]) {
    assert.deepEqual(
      told('restricted', minor, spec).filter((text) => text.startsWith('restricted volume types')),
      [],
    );
  }
});
