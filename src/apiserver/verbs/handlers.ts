/** The verbs that work on objects as they are stored. */
import type { ResourceHandler } from '../handler.ts';
import { create } from './create.ts';
import { deleteCollection, deleteOne } from './delete.ts';
import { patch } from './patch.ts';
import { getObject, listObjects, watchObjects } from './read.ts';
import { update } from './update.ts';

export const verbHandlers: Readonly<Record<string, ResourceHandler>> = {
  get: getObject,
  list: listObjects,
  watch: watchObjects,
  create,
  update,
  patch,
  delete: deleteOne,
  deletecollection: deleteCollection,
};
