/** RFC 3339 in whole seconds, as the API writes times. */
export function timestampOf(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
}
