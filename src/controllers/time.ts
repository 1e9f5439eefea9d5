/** Times of the API, as controllers read and write them. */

/** RFC 3339 in whole seconds. */
export function formatTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Milliseconds since 1970, or undefined for a time that nobody gave. */
export function timeMs(time: string | null | undefined): number | undefined {
  return time === undefined || time === null || time === '' ? undefined : Date.parse(time);
}
