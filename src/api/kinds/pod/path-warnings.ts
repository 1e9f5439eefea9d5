/** Files of one volume that would lie in one another's place. */
import type { Volume, VolumeProjection } from '../../groups/core.v1.ts';

interface Place {
  readonly path: string;
  /** As it is told: the path, and where it comes from. */
  readonly text: string;
}

interface Named {
  readonly path: string;
}

export function pathWarnings(volumes: readonly Volume[]): readonly string[] {
  return volumes.flatMap(({ name, configMap, secret, downwardAPI, projected }) => {
    const tell = (of: string, places: readonly Place[]): readonly string[] =>
      overlaps(places).map((text) => `volume ${quoted(name)} (${of}): overlapping paths: ${text}`);
    const sources = projected?.sources ?? [];
    const empty = sources.filter((source) => Object.values(source).every((part) => part == null));
    return [
      ...tell(`ConfigMap ${quoted(configMap?.name)}`, placesOf(configMap?.items)),
      ...tell(`Secret ${quoted(secret?.secretName)}`, placesOf(secret?.items)),
      ...tell('DownwardAPI', placesOf(downwardAPI?.items)),
      ...empty.map(() => `volume ${quoted(name)} (Projected) has no sources provided`),
      ...tell('Projected', sources.flatMap(projectedPlaces)),
    ];
  });
}

const quoted = (text: string | undefined): string => JSON.stringify(text ?? '');

function placesOf(items: readonly Named[] | undefined, source?: string): readonly Place[] {
  return (items ?? []).map(({ path }) => {
    const short = path.replace(/\/+$/, '');
    return { path: short, text: source === undefined ? quoted(short) : `${quoted(short)} (${source})` };
  });
}

function projectedPlaces({
  configMap,
  secret,
  downwardAPI,
  serviceAccountToken,
  clusterTrustBundle,
}: VolumeProjection): readonly Place[] {
  if (configMap?.items != null) return placesOf(configMap.items, `ConfigMap ${quoted(configMap.name)}`);
  if (secret?.items != null) return placesOf(secret.items, `Secret ${quoted(secret.name)}`);
  if (downwardAPI?.items != null) return placesOf(downwardAPI.items, 'DownwardAPI');
  if (serviceAccountToken != null) return placesOf([serviceAccountToken], 'ServiceAccountToken');
  if (clusterTrustBundle == null) return [];
  const of = clusterTrustBundle.name ?? clusterTrustBundle.signerName;
  return placesOf([clusterTrustBundle], `ClusterTrustBundle ${quoted(of)}`);
}

/** Each is compared with all before it, and may overlap them all: of longer lists only so many are looked at. */
const most = 500;

/** Each place with those before it that it equals, holds or lies in. */
function overlaps(all: readonly Place[]): readonly string[] {
  const places = all.slice(0, most);
  return places.flatMap((place, index) =>
    places
      .slice(0, index)
      .filter((before) => isWithin(place.path, before.path) || isWithin(before.path, place.path))
      .map((before) => `${place.text} with ${before.text}`),
  );
}

function isWithin(path: string, folder: string): boolean {
  return path !== '' && folder !== '' && `${path}/`.startsWith(`${folder}/`);
}
