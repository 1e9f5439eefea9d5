import { generationConditionFields, type Descriptions } from './table.ts';

export const metaDescriptions: Descriptions = {
  'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta': {
    '': 'What every stored object has: its identity, labels, owners and the marks of its life.',
    name: 'Identifies the object among those of its kind in its namespace. Cannot be changed; most kinds want a DNS name in lower case.',
    generateName:
      'Beginning of a name that the server completes with random characters when name is empty. The rare clash is answered with a 409; send the request again.',
    namespace:
      'The namespace the object lives in; "default" when a client names none. Empty for kinds of the whole cluster; cannot be changed.',
    selfLink: 'No longer filled in; always empty.',
    uid: 'Set by the server: tells this object from an earlier or later one of the same name.',
    resourceVersion:
      'Changes with every write. Send it back in an update and the server answers 409 if somebody wrote in between; leave it out to overwrite.',
    generation:
      'Counts the changes to what is wanted (mostly spec). Controllers copy it to status.observedGeneration to show what they have seen.',
    creationTimestamp: 'Set by the server when the object was created.',
    deletionTimestamp:
      'Set by the server when deletion was asked for. The object goes once its grace period is over and finalizers is empty; there is no way back.',
    deletionGracePeriodSeconds:
      'How long the object may take to end once deletionTimestamp is set. Can only be shortened.',
    labels:
      'Short keys and values by which objects are selected, such as app: web. Indexed and searchable; use annotations for everything else.',
    annotations:
      'Free text for tools and people, such as notes or configuration of a controller. Cannot be selected by; 256 KiB in all.',
    ownerReferences:
      'Objects this one depends on. When all of them are gone, the garbage collector deletes this object. At most one may be the controller.',
    finalizers:
      'Names of those who must clean up before the object may vanish. Each removes its own entry; a forgotten one keeps the object in Terminating for ever.',
    managedFields:
      'Which client set which fields, kept by the server for server-side apply. Shown by --show-managed-fields only.',
  },
  'io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference': {
    '': 'Points to an owner in the same namespace, or to one of the whole cluster.',
    apiVersion: 'Group and version of the owner, such as apps/v1.',
    kind: 'Kind of the owner, such as ReplicaSet.',
    name: 'Name of the owner.',
    uid: 'uid of the owner. With the wrong one the owner counts as gone, and this object is deleted.',
    controller: 'True for the one owner that manages this object, such as the ReplicaSet of a pod.',
    blockOwnerDeletion:
      'With foreground deletion the owner stays until this object is gone. Needs the right to update the owner’s finalizers.',
  },
  'io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry': {
    '': 'The fields that one client set by one way of writing.',
    manager: 'Name of the client, from its field manager option or its user agent.',
    operation: 'Apply for server-side apply, Update for every other write.',
    apiVersion: 'The version in which the fields are named.',
    time: 'When the client last added or removed fields here.',
    fieldsType: 'Format of the set of fields; FieldsV1 is the only one.',
    fieldsV1: 'The fields, as a tree of keys: f: a field, k: a list item by its keys, v: an item by value.',
    subresource: 'The subresource that was written, such as status; empty for the object itself.',
  },
  'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector': {
    '': 'Chooses objects by their labels; all of matchLabels and matchExpressions must hold. Empty matches everything, an absent selector nothing.',
    matchLabels: 'Labels that must be there with exactly these values.',
    matchExpressions: 'Further conditions on labels, such as "tier is one of these".',
  },
  'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement': {
    '': 'One condition on one label.',
    key: 'The label’s key.',
    operator: 'In, NotIn, Exists or DoesNotExist. NotIn also holds for objects without the label.',
    values: 'What In and NotIn compare with: at least one. Must be empty for Exists and DoesNotExist.',
  },
  'io.k8s.apimachinery.pkg.apis.meta.v1.Condition': {
    '': 'One aspect of an object’s state, in the form that newer kinds share.',
    ...generationConditionFields,
  },
  'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta': {
    '': 'What a list says about itself.',
    selfLink: 'No longer filled in; always empty.',
    resourceVersion: 'The moment the list shows. A watch from here continues without gap.',
    continue: 'Not empty: there are more items. Send it back to get the next page; it is good for some minutes.',
    remainingItemCount: 'How many items follow after this page; absent when selectors make it unknown.',
    shardInfo: 'Which part of a divided list this is.',
  },
  'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions': {
    '': 'How an object is to be deleted.',
    apiVersion: 'Version of these options; may be left out.',
    kind: 'DeleteOptions; may be left out.',
    gracePeriodSeconds:
      'Time to end in; 0 removes a pod from the API at once, even if its containers still run. Default: the kind’s own.',
    preconditions: 'Delete only if these hold; otherwise the answer is a 409.',
    orphanDependents: 'Replaced by propagationPolicy; true is the same as Orphan.',
    propagationPolicy:
      'What happens to dependents: Background deletes them afterwards (default of most kinds), Foreground before the object itself, Orphan leaves them.',
    dryRun: '["All"]: check and answer, but delete nothing.',
    ignoreStoreReadErrorWithClusterBreakingPotential:
      'Delete an object that can no longer be read from the store, without finalizers or checks. A last resort.',
  },
  'io.k8s.apimachinery.pkg.apis.meta.v1.Preconditions': {
    '': 'What must hold for a deletion to happen.',
    uid: 'The object must have this uid.',
    resourceVersion: 'The object must not have changed since this version.',
  },
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': {
    '': 'A moment in whole seconds, such as 2026-01-31T09:30:00Z (RFC 3339).',
  },
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': {
    '': 'A moment in microseconds, such as 2026-01-31T09:30:00.000000Z.',
  },
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': { '': 'A set of field paths as a JSON tree.' },
  'io.k8s.apimachinery.pkg.api.resource.Quantity': {
    '': 'A number with a unit: 250m (a quarter), 1.5, 128Mi (1024-based), 1G (1000-based). Mind the difference between 1M, a million, and 1m, a thousandth.',
  },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': {
    '': 'A whole number, or a string such as a port’s name or a percentage like "25%".',
  },
  'io.k8s.apimachinery.pkg.runtime.RawExtension': { '': 'Any JSON object; the server keeps it as it is.' },
};
