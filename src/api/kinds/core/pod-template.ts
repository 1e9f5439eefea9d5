import type { Descriptor } from '../../descriptor.ts';
import type { PodTemplate } from '../../groups/core.v1.ts';
import { PodTemplates } from '../../resources.ts';
import { templateWarnings } from '../apps/workload-warnings.ts';
import { containerImages, containerNames, labelsText } from '../cells.ts';
import { column, nameColumn, table } from '../columns.ts';
import { dropClosedTemplate } from '../pod/closed-fields.ts';
import { podTemplateDefaults } from '../pod/defaults.ts';
import { podTemplateErrors } from '../pod/template.ts';
import { prepareWithGeneration } from '../prepare.ts';

const prepared = prepareWithGeneration<PodTemplate>(PodTemplates, { counted: 'template' });

export const podTemplateDescriptor: Descriptor<PodTemplate> = {
  resource: PodTemplates,
  deleteAnswersObject: true,
  prepareForCreate(draft, context) {
    dropClosedTemplate(draft.template);
    prepared.prepareForCreate(draft, context);
  },
  prepareForUpdate(draft, old, context) {
    dropClosedTemplate(draft.template, old.template);
    prepared.prepareForUpdate(draft, old, context);
  },
  defaults: ({ template }) => podTemplateDefaults(template),
  validateCreate: ({ template }) => podTemplateErrors(template, 'template'),
  validateUpdate: ({ template }) => podTemplateErrors(template, 'template'),
  warnings: (made, old) => templateWarnings(made.template, 'template', made, old),
  table: table<PodTemplate>([
    nameColumn,
    column('Containers', ({ template }) => containerNames(template?.spec?.containers)),
    column('Images', ({ template }) => containerImages(template?.spec?.containers)),
    column('Pod Labels', ({ template }) => labelsText(template?.metadata?.labels)),
  ]),
};
