/** The places of values that stand earlier in their list too. One pass, whatever the length. */
export function repeats(values: Iterable<unknown>): ReadonlySet<number> {
  const seen = new Set<unknown>();
  const places = new Set<number>();
  let place = 0;
  for (const value of values) {
    if (seen.has(value)) places.add(place);
    seen.add(value);
    place++;
  }
  return places;
}
