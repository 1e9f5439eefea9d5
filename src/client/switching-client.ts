/** A client whose credentials change while others hold it: every call goes to the client of the moment. */
import type { Client } from './client.ts';

export function switchingClient(current: () => Client): Client {
  return {
    get: (...args) => current().get(...args),
    find: (...args) => current().find(...args),
    list: (...args) => current().list(...args),
    watch: (...args) => current().watch(...args),
    create: (...args) => current().create(...args),
    update: (...args) => current().update(...args),
    updateStatus: (...args) => current().updateStatus(...args),
    patch: (...args) => current().patch(...args),
    delete: (...args) => current().delete(...args),
    deleteCollection: (...args) => current().deleteCollection(...args),
    createSubresource: (...args) => current().createSubresource(...args),
    request: (...args) => current().request(...args),
  };
}
