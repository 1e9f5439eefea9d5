/** What workloads with a pod template have in common: wide columns, replicas, the scale subresource. */
import type { ScalePaths } from '../../descriptor.ts';
import type { PodTemplateSpec } from '../../groups/core.v1.ts';
import type { LabelSelector } from '../../groups/meta.v1.ts';
import { containerImages, containerNames, selectorText } from '../cells.ts';
import { wideColumn, type CellColumn } from '../columns.ts';

interface Templated {
  readonly spec: {
    readonly template?: PodTemplateSpec | undefined;
    readonly selector?: LabelSelector | null | undefined;
  };
}

export const containersColumn: CellColumn<Templated> = wideColumn('Containers', ({ spec }) =>
  containerNames(spec.template?.spec?.containers),
);
export const imagesColumn: CellColumn<Templated> = wideColumn('Images', ({ spec }) =>
  containerImages(spec.template?.spec?.containers),
);
const selectorColumn: CellColumn<Templated> = wideColumn('Selector', ({ spec }) => selectorText(spec.selector));

export const templatedColumns: readonly CellColumn<Templated>[] = [containersColumn, imagesColumn, selectorColumn];

export const replicasScale: ScalePaths = {
  specReplicas: '.spec.replicas',
  statusReplicas: '.status.replicas',
  selector(object) {
    const spec = object['spec'] as { selector?: LabelSelector } | undefined;
    return spec?.selector === undefined ? '' : selectorText(spec.selector);
  },
};
