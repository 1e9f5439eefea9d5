/**
 * Waits for work, but no longer than until the signal aborts: then it rejects, and the work goes on unattended. What it starts must look at the
 * signal itself before it does something that outlives it.
 */
export function interruptible<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    work.catch(() => undefined);
    return Promise.reject(signal.reason);
  }
  return new Promise((resolve, reject) => {
    const interrupt = (): void => reject(signal.reason);
    signal.addEventListener('abort', interrupt, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', interrupt));
  });
}
