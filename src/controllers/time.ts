/** Milliseconds since 1970, or undefined for a time that nobody gave. */
export function timeMs(time: string | null | undefined): number | undefined {
  return time === undefined || time === null || time === '' ? undefined : Date.parse(time);
}
