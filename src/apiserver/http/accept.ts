/**
 * Accept headers: media ranges with parameters, dearest first. Read as Kubernetes reads them, down to the order of equals
 * and what is passed over: a media type without a subtype, a parameter without exactly one "=".
 */

/** One media range of an Accept header. */
export interface Wish {
  readonly type: string;
  /** All but q. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

const json: readonly Wish[] = [{ type: 'application/json', parameters: new Map(), quality: 1 }];

const maxKnown = 200;
const known = new Map<string, readonly Wish[]>();

/** The wishes, dearest first; an empty header wishes JSON. Clients send the same few headers again and again. */
export function readAccept(accept: string): readonly Wish[] {
  if (accept === '') return json;
  let wishes = known.get(accept);
  if (wishes === undefined) {
    wishes = sorted(
      accept
        .split(',')
        .map(readWish)
        .filter((wish) => wish !== undefined),
    );
    if (known.size >= maxKnown) known.clear();
    known.set(accept, wishes);
  }
  return wishes;
}

function readWish(text: string): Wish | undefined {
  const [range = '', ...rest] = text.split(';');
  const [type = '', subtype, ...more] = range.split('/').map((part) => part.trim());
  if (more.length > 0 || (subtype ?? '') === '') {
    if (type !== '*' || more.length > 0) return undefined;
    return { type: '*/*', ...readParameters(rest) };
  }
  return { type: `${type}/${subtype}`, ...readParameters(rest) };
}

function readParameters(texts: readonly string[]): Pick<Wish, 'parameters' | 'quality'> {
  const parameters = new Map<string, string>();
  let quality = 1;
  for (const text of texts) {
    const [name = '', value = '', ...more] = text.split('=');
    if (value === '' || more.length > 0) continue;
    if (name.trim() === 'q') quality = Number(value) || 0;
    else parameters.set(name.trim(), value.trim());
  }
  return { parameters, quality };
}

/** By insertion: the order is not a strict one, and this is how its inventor sorts a few. */
function sorted(wishes: readonly Wish[]): readonly Wish[] {
  const result: Wish[] = [];
  for (const wish of wishes) {
    let at = result.length;
    while (at > 0 && isDearer(wish, result[at - 1] as Wish)) at--;
    result.splice(at, 0, wish);
  }
  return result;
}

function isDearer(a: Wish, b: Wish): boolean {
  if (a.quality > b.quality) return true;
  if (!a.type.startsWith('*/') && b.type.startsWith('*/')) return true;
  return !a.type.endsWith('/*') && b.type.endsWith('/*');
}
