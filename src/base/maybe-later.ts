/** What is known at once in most cases. Most requests wait for nothing, and promises cost them more than what they ask for. */
export type MaybeLater<T> = T | Promise<T>;

export function andThen<A, B>(value: MaybeLater<A>, follow: (value: A) => MaybeLater<B>): MaybeLater<B> {
  return value instanceof Promise ? value.then(follow) : follow(value);
}
