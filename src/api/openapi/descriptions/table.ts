/** What `kubectl explain` says, as data: type name → field → text; the field '' is the type itself. */
export interface Descriptions {
  readonly [type: string]: Readonly<Record<string, string>>;
}

/** Fields that the conditions of all kinds have alike. */
export const conditionFields = {
  type: 'Name of the condition, in CamelCase. A list holds each type once.',
  status: 'True, False, or Unknown when whoever reports it cannot tell.',
  lastTransitionTime:
    'When the status last changed from one value to another. Updates with the same status do not move it.',
  reason: 'One CamelCase word for why the condition is as it is, meant for programs.',
  message: 'Details of the last change, for people. May be empty.',
} as const;

/** With the generation that newer kinds tell. */
export const generationConditionFields = {
  ...conditionFields,
  observedGeneration:
    'Which metadata.generation was looked at. Smaller than the current one: the condition is out of date.',
} as const;
