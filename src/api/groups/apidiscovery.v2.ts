/** The types of group apidiscovery, version v2: all groups, versions and resources in one answer. */
import { message } from '../message.ts';
import { always, list, object, optional, pointer, string, type Static } from '../schema.ts';
import { GroupVersionKind, ListMeta, ObjectMeta } from './meta.v1.ts';

export const APISubresourceDiscovery = object('io.k8s.api.apidiscovery.v2.APISubresourceDiscovery', {
  subresource: optional(1, string),
  responseKind: pointer(2, GroupVersionKind),
  acceptedTypes: optional(3, list(GroupVersionKind)),
  verbs: optional(4, list(string)),
});
export interface APISubresourceDiscovery extends Static<typeof APISubresourceDiscovery> {}

export const APIResourceDiscovery = object('io.k8s.api.apidiscovery.v2.APIResourceDiscovery', {
  resource: optional(1, string),
  responseKind: pointer(2, GroupVersionKind),
  scope: optional(3, string),
  singularResource: optional(4, string),
  verbs: optional(5, list(string)),
  shortNames: optional(6, list(string)),
  categories: optional(7, list(string)),
  subresources: optional(8, list(APISubresourceDiscovery)),
});
export interface APIResourceDiscovery extends Static<typeof APIResourceDiscovery> {}

export const APIVersionDiscovery = object('io.k8s.api.apidiscovery.v2.APIVersionDiscovery', {
  version: optional(1, string),
  resources: optional(2, list(APIResourceDiscovery)),
  freshness: optional(3, string),
});
export interface APIVersionDiscovery extends Static<typeof APIVersionDiscovery> {}

export const APIGroupDiscovery = object('io.k8s.api.apidiscovery.v2.APIGroupDiscovery', {
  metadata: always(1, ObjectMeta),
  versions: optional(2, list(APIVersionDiscovery)),
});
export interface APIGroupDiscovery extends Static<typeof APIGroupDiscovery> {}

export const APIGroupDiscoveryList = message(
  'apidiscovery.k8s.io/v2',
  'io.k8s.api.apidiscovery.v2.APIGroupDiscoveryList',
  { metadata: always(1, ListMeta), items: always(2, list(APIGroupDiscovery)) },
);
export interface APIGroupDiscoveryList extends Static<typeof APIGroupDiscoveryList> {}
