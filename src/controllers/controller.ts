/** The loop of src/client, under the name by which the controllers of this folder know it. */
export { runController } from '../client/controller.ts';
export type { Controller, ControllersContext, EventNote, Reconcile, Run, StartContext } from '../client/controller.ts';
