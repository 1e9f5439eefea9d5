/** What is in use must not go: a finalizer stays until nobody uses the object any more. */
export function protect(metadata: { finalizers?: string[] | undefined }, finalizer: string): void {
  const finalizers = metadata.finalizers ?? [];
  if (!finalizers.includes(finalizer)) metadata.finalizers = [...finalizers, finalizer];
}
