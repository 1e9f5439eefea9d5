/** Why a text is no IP address, or no network, in the words of Go's net/netip. */

/** Undefined: it is one. */
export function addressProblem(text: string): string | undefined {
  const first = /[.:%]/.exec(text)?.[0];
  const found =
    first === '.'
      ? fourProblem(text)
      : first === ':'
        ? sixProblem(text)
        : { why: first === '%' ? 'missing IPv6 address' : 'unable to parse IP' };
  if (found === undefined) return undefined;
  const at = found.at === undefined ? '' : ` (at ${JSON.stringify(found.at)})`;
  return `ParseAddr(${JSON.stringify(text)}): ${found.why}${at}`;
}

/** Of `address/bits`. */
export function networkProblem(text: string): string | undefined {
  const why = prefixProblem(text);
  return why === undefined ? undefined : `netip.ParsePrefix(${JSON.stringify(text)}): ${why}`;
}

function prefixProblem(text: string): string | undefined {
  const slash = text.lastIndexOf('/');
  if (slash < 0) return "no '/'";
  const address = text.slice(0, slash);
  const problem = addressProblem(address);
  if (problem !== undefined) return problem;
  if (address.includes('%')) return 'IPv6 zones cannot be present in a prefix';
  const bits = text.slice(slash + 1);
  if (!/^(?:\d|[1-9]\d+)$/.test(bits)) return `bad bits after slash: ${JSON.stringify(bits)}`;
  return Number(bits) > (address.includes(':') ? 128 : 32) ? 'prefix length out of range' : undefined;
}

interface Problem {
  readonly why: string;
  /** From where on. */
  readonly at?: string;
}

function fourProblem(text: string): Problem | undefined {
  let fields = 1;
  let digits = '';
  for (const [i, character] of [...text].entries()) {
    const rest = text.slice(i);
    if (/\d/.test(character)) {
      if (digits === '0') return { why: 'IPv4 field has octet with leading zero' };
      digits += character;
      if (Number(digits) > 255) return { why: 'IPv4 field has value >255' };
    } else if (character === '.') {
      if (digits === '' || rest === '.') return { why: 'IPv4 field must have at least one digit', at: rest };
      if (fields === 4) return { why: 'IPv4 address too long' };
      fields += 1;
      digits = '';
    } else return { why: 'unexpected character', at: rest };
  }
  return fields < 4 ? { why: 'IPv4 address too short' } : undefined;
}

const allGroups = 8;

function sixProblem(text: string): Problem | undefined {
  const percent = text.indexOf('%');
  if (percent === text.length - 1) return { why: 'zone must be a non-empty string' };
  let rest = percent < 0 ? text : text.slice(0, percent);
  let groups = 0;
  let shortened = rest.startsWith('::');
  if (shortened) rest = rest.slice(2);
  if (rest === '') return undefined;
  while (groups < allGroups) {
    const digits = /^[0-9A-Fa-f]*/.exec(rest)?.[0] ?? '';
    if (digits.length > 4) return { why: 'each group must have 4 or fewer digits', at: rest };
    if (digits === '') return { why: 'each colon-separated field must have at least one digit', at: rest };
    if (rest[digits.length] === '.') return embeddedProblem(rest, groups, shortened);
    groups += 1;
    rest = rest.slice(digits.length);
    if (rest === '') break;
    if (!rest.startsWith(':')) return { why: 'unexpected character, want colon', at: rest };
    if (rest === ':') return { why: 'colon must be followed by more characters', at: rest };
    rest = rest.slice(1);
    if (!rest.startsWith(':')) continue;
    if (shortened) return { why: 'multiple :: in address', at: rest };
    shortened = true;
    rest = rest.slice(1);
    if (rest === '') break;
  }
  return rest === '' ? lengthProblem(groups, shortened) : { why: 'trailing garbage after address', at: rest };
}

/** An IPv4 address at the end of an IPv6 address. */
function embeddedProblem(rest: string, groups: number, shortened: boolean): Problem | undefined {
  if (!shortened && groups !== allGroups - 2) {
    return { why: 'embedded IPv4 address must replace the final 2 fields of the address', at: rest };
  }
  if (groups > allGroups - 2) {
    return { why: 'too many hex fields to fit an embedded IPv4 at the end of the address', at: rest };
  }
  return fourProblem(rest) ?? lengthProblem(groups + 2, shortened);
}

function lengthProblem(groups: number, shortened: boolean): Problem | undefined {
  if (groups < allGroups) return shortened ? undefined : { why: 'address string too short' };
  return shortened ? { why: 'the :: must expand to at least one field of zeros' } : undefined;
}
