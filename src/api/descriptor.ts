/**
 * One descriptor a kind: everything the API server needs to know of it beyond its type. The server loops over
 * descriptors and never asks which kind it has at hand.
 *
 * A write goes: decode → defaults → prepare (what the server alone decides) → admission → validate → canonicalise → store.
 * All functions are pure; drafts are fresh copies that may be changed in place.
 */
import type { CreateExpressionChecks } from './kinds/admission/expression-checks.ts';
import type { FieldError } from './field-error.ts';
import type { AnyResource } from './resource.ts';
import type { JsonObject } from './schema.ts';

/** An object while a write is under way: a fresh copy that may be changed in place. */
export type Draft<T> = T extends readonly (infer Item)[]
  ? Draft<Item>[]
  : T extends object
    ? { -readonly [K in keyof T]: Draft<T[K]> }
    : T;

export interface WriteContext {
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** Name of the user who asks. */
  readonly user: string;
  readonly groups: readonly string[];
  readonly uid?: string | undefined;
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined;
  /** '' for the object itself, else the subresource that is written, such as `status`. */
  readonly subresource: string;
  /** Labels of the namespace that the request is about; undefined: there is none. */
  readonly namespaceLabels?: (() => Readonly<Record<string, string>> | undefined) | undefined;
  /** Compiles expressions of admission; absent where there is no engine: then they are taken as they are. */
  readonly expressionChecks?: CreateExpressionChecks | undefined;
  /** Warns the client even when the object turns out to be refused. */
  readonly warn?: ((text: Warning) => void) | undefined;
}

/** A warning text for the client's Warning header. */
export type Warning = string;

export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format?: string;
  /** 0 = always shown, 1 = with -o wide. */
  readonly priority: number;
  /** Of a custom resource; what others say of themselves is listed with the API server. */
  readonly description?: string;
}

export type Cell = string | number | boolean | null;

/** What a row says of its object as a whole. */
export interface RowCondition {
  readonly type: 'Completed';
  readonly status: 'True';
  readonly reason: string;
  readonly message: string;
}

export interface TableColumns<T> {
  readonly columns: readonly Column[];
  readonly cells: (object: T, nowMs: number) => readonly Cell[];
  readonly conditions?: (object: T) => readonly RowCondition[];
  /** In which order lists show their rows, where not in that of the list. */
  readonly order?: (a: T, b: T) => number;
}

export interface Descriptor<T = unknown> {
  readonly resource: AnyResource;
  /** Constants come from the type's declaration; this adds what depends on other fields. Changes the draft. */
  defaults?(draft: Draft<T>): void;
  /** Before create: clears what only the server sets (status, …) and fills in what it decides. */
  prepareForCreate?(draft: Draft<T>, context: WriteContext): void;
  /** Before update: carries over what this endpoint may not change; decides whether the generation grows. */
  prepareForUpdate?(draft: Draft<T>, old: T, context: WriteContext): void;
  /** Errors in the order of Kubernetes; metadata is checked before, by the server. */
  validateCreate?(object: T, context: WriteContext): readonly FieldError[];
  validateUpdate?(object: T, old: T, context: WriteContext): readonly FieldError[];
  /**
   * What an update checks of the metadata a second time, after the checks that all kinds share; the causes of an error
   * show it. Its changes (the default where the kind has checks of its own), these and all of it as if it were new, or
   * the latter alone.
   */
  readonly metadataInUpdate?: 'none' | 'changes' | 'both' | 'whole';
  warnings?(object: T, old: T | undefined, context: WriteContext): readonly Warning[];
  /** The group that validation errors name, where it is not the kind's own: that of the kind as it is stored. */
  readonly errorGroup?: string;
  /** What a missing object is said to be one of, where not by the resource's name. */
  readonly missingAs?: string;
  /** A warning that goes with every answer about this resource: it is deprecated. */
  readonly deprecation?: Warning;
  /** How names are checked; default: a DNS subdomain. Answers the texts of what is wrong. */
  nameErrors?(name: string, prefix: boolean): readonly string[];
  /** Finalizers need no domain: the kind is not one of Kubernetes' core. */
  readonly plainFinalizers?: boolean;
  /** The spec's changes raise metadata.generation; a new object has generation 1. */
  readonly hasGeneration?: boolean;
  /** PUT to a missing object creates it. */
  readonly createOnUpdate?: boolean;
  /** PUT without a resourceVersion is allowed (last write wins); default: true. */
  readonly unconditionalUpdate?: boolean;
  /** Fields that field selectors may name beyond metadata.name and metadata.namespace. */
  readonly selectableFieldNames?: readonly string[];
  /** Their values for an object. */
  selectableFields?(object: T): Readonly<Record<string, string>>;
  /** Made from the internal form of the object, which only few kinds have apart. */
  readonly table?: TableColumns<T>;
  /** Deletion is graceful: how long, given what was asked for; undefined = at once. */
  gracePeriodSeconds?(object: T, asked: number | undefined): number | undefined;
  /** What else keeps a deleted object from going, beside metadata.finalizers (a namespace's spec.finalizers). */
  pendingFinalizers?(object: T): readonly string[];
  /** Marks the object when its deletion begins but must wait (a namespace turns Terminating). */
  prepareForDelete?(draft: Draft<T>): void;
  /** A deletion that says nothing of the objects owned by this one leaves them alone; the warning says so. */
  readonly orphansByDefault?: { readonly warning?: Warning };
  /** What DELETE answers when the object is gone: a Status, or the object as it was; default: Status. */
  readonly deleteAnswersObject?: boolean;
  /** Its deletion looks at preconditions before the store does, and says in other words which does not hold. */
  readonly preconditionsOfItsOwn?: boolean;
  /** Fields that an apply or update through a subresource (or the main endpoint) never owns, by subresource name. */
  readonly resetFields?: Readonly<Record<string, readonly (readonly string[])[]>>;
  /** The only fields that an apply or update through a subresource owns, where not all; '*' is any item. */
  readonly onlyFields?: Readonly<Record<string, readonly (readonly string[])[]>>;
  /** Where the scale subresource finds its numbers. */
  readonly scale?: ScalePaths;
}

export interface ScalePaths {
  readonly specReplicas: string;
  readonly statusReplicas: string;
  /** The selector as text. */
  selector(object: JsonObject): string;
}
