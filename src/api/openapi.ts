export function printOpenApiV2(_x: object): object {
  return {};
}
export function printOpenApiV3(_x: object, _g: string, _v: string): object {
  return {};
}
