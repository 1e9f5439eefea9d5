/** Regular expressions in Go's dialect (RE2), run by the engine's own. */

const classes: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7F',
  blank: '\\t ',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

const compiled = new Map<string, RegExp | undefined>();
const maxCompiled = 10_000;

/** Undefined when the engine cannot run it. */
export function goPattern(source: string): RegExp | undefined {
  if (!compiled.has(source)) {
    if (compiled.size === maxCompiled) compiled.clear();
    compiled.set(source, compile(source));
  }
  return compiled.get(source);
}

function compile(source: string): RegExp | undefined {
  const flags = /^\(\?([ims]+)\)/.exec(source);
  const body = source
    .slice(flags?.[0].length ?? 0)
    .replaceAll(/\[:(\w+):\]/g, (whole, name: string) => classes[name] ?? whole)
    .replaceAll('\\A', '^')
    .replaceAll('\\z', '$')
    .replaceAll('(?P<', '(?<');
  for (const unicode of ['u', '']) {
    try {
      return new RegExp(body, `${flags?.[1] ?? ''}${unicode}`);
    } catch {
      // Unicode mode refuses needless escapes that Go takes: the plain mode takes them too.
    }
  }
  return undefined;
}
