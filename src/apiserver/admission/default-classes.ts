/** DefaultStorageClass and DefaultIngressClass: objects that name no class get the one marked as default. */
import type { Draft } from '../../api/descriptor.ts';
import type { PersistentVolumeClaim } from '../../api/groups/core.v1.ts';
import type { Ingress } from '../../api/groups/networking.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import { Ingresses, PersistentVolumeClaims } from '../../api/resources.ts';
import type { Served } from '../registry/served.ts';
import type { AdmissionPlugin } from './admission.ts';
import { objectOf } from './refusal.ts';

const storageClassMarks = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];
const claimClassAnnotation = 'volume.beta.kubernetes.io/storage-class';
const ingressClassMark = 'ingressclass.kubernetes.io/is-default-class';
const ingressClassAnnotation = 'kubernetes.io/ingress.class';

/** For claims. Of several default classes the youngest wins, then the first by name. */
export function createDefaultStorageClass(classes: Served): AdmissionPlugin {
  return {
    name: 'DefaultStorageClass',
    about: [PersistentVolumeClaims],
    async mutate(request) {
      const claim = objectOf<PersistentVolumeClaim>(request, PersistentVolumeClaims, 'CREATE');
      if (claim === undefined || claim.spec.storageClassName !== undefined) return;
      if (claim.metadata.annotations?.[claimClassAnnotation] !== undefined) return;
      await classes.cache.ready();
      const [chosen] = markedAs(classes, storageClassMarks).toSorted(youngestFirst);
      if (chosen !== undefined) claim.spec.storageClassName = chosen.metadata.name;
    },
  };
}

export function createDefaultIngressClass(classes: Served): AdmissionPlugin {
  return {
    name: 'DefaultIngressClass',
    about: [Ingresses],
    async mutate(request) {
      const ingress = objectOf<Ingress>(request, Ingresses, 'CREATE');
      if (ingress === undefined || !wantsClass(ingress)) return;
      await classes.cache.ready();
      const [chosen] = markedAs(classes, [ingressClassMark]).toSorted(youngestFirst);
      if (chosen !== undefined) ingress.spec.ingressClassName = chosen.metadata.name;
    },
  };
}

const wantsClass = ({ spec, metadata }: Draft<Ingress>): boolean =>
  spec.ingressClassName === undefined && metadata.annotations?.[ingressClassAnnotation] === undefined;

const markedAs = (classes: Served, marks: readonly string[]): KubeObject[] =>
  classes.cache
    .list(classes.cache.prefix)
    .map(({ object }) => object)
    .filter(({ metadata }) => marks.some((mark) => metadata.annotations?.[mark] === 'true'));

function youngestFirst(a: KubeObject, b: KubeObject): number {
  const age = Date.parse(b.metadata.creationTimestamp) - Date.parse(a.metadata.creationTimestamp);
  return age !== 0 ? age : a.metadata.name < b.metadata.name ? -1 : 1;
}
