/** The objects that the benchmarks create: a ConfigMap of 1 KB, and a small Pod that passes all of admission. */
export function configMapBody(name: string, shard: number | string): string {
  return (
    `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"${name}","labels":{"app":"bench","shard":"${shard}"}},` +
    `"data":{"k":"${'x'.repeat(900)}"}}`
  );
}

export function podBody(name: string, shard: number | string): string {
  return (
    `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"${name}","labels":{"app":"bench","shard":"${shard}"}},"spec":` +
    '{"terminationGracePeriodSeconds":0,"automountServiceAccountToken":false,"containers":[{"name":"c","image":"busybox:1.36",' +
    '"command":["sleep","1000"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"}},"env":[{"name":"A","value":"b"}],' +
    '"ports":[{"containerPort":8080}]}]}}'
  );
}
