/** The type that a value has at run time: of lists and maps only that they are such. */
import {
  boolType,
  bytesType,
  doubleType,
  durationType,
  dynType,
  intType,
  listType,
  mapType,
  nullType,
  objectType,
  optionalType,
  stringType,
  timestampType,
  typeType,
  uintType,
  type Type,
} from './type.ts';
import { isBytes, isList, type Boxed, type Value } from './value.ts';

const anyList = listType(dynType);
const anyMap = mapType(dynType, dynType);
const anyOptional = optionalType(dynType);
const anyType = typeType();

export function typeOfValue(value: Value): Type {
  if (value === null) return nullType;
  switch (typeof value) {
    case 'boolean':
      return boolType;
    case 'bigint':
      return intType;
    case 'number':
      return doubleType;
    case 'string':
      return stringType;
    default:
      if (isList(value)) return anyList;
      return isBytes(value) ? bytesType : typeOfBoxed(value as Boxed);
  }
}

function typeOfBoxed(value: Boxed): Type {
  switch (value.kind) {
    case 'uint':
      return uintType;
    case 'timestamp':
      return timestampType;
    case 'duration':
      return durationType;
    case 'type':
      return anyType;
    case 'optional':
      return anyOptional;
    case 'extension':
      return value.type;
    case 'map':
      return value.typeName === undefined ? anyMap : objectType(value.typeName);
  }
}

/** Whether a value may be an argument where a declaration says a type: the parameters of types are not looked at. */
export function isOfType(value: Value, type: Type): boolean {
  switch (type.kind) {
    case 'dyn':
    case 'parameter':
    case 'error':
      return true;
    case 'map':
      return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'map';
    case 'object':
    case 'opaque': {
      const found = typeOfValue(value);
      return 'name' in found && found.name === type.name;
    }
    default:
      return typeOfValue(value).kind === type.kind;
  }
}
