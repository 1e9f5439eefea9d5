/** What Go (RE2) says of a regular expression that it does not take. */
export function patternError(source: string): string | undefined {
  const unsupported = /(?:^|[^\\])(\(\?(?:[=!]|<[=!]))/.exec(source)?.[1];
  if (unsupported !== undefined) return `invalid or unsupported Perl syntax: \`${unsupported.slice(0, 3)}\``;
  const reference = /(?:^|[^\\])(?:\\\\)*(\\[1-9])/.exec(source)?.[1];
  if (reference !== undefined) return `invalid escape sequence: \`${reference}\``;
  try {
    RegExp(source.replace(/^\(\?[imsU]+\)/, '').replaceAll('(?P<', '(?<'));
    return undefined;
  } catch (error) {
    return inGoWords(source, error instanceof Error ? error.message : String(error));
  }
}

function inGoWords(source: string, why: string): string {
  if (why.includes('Unterminated character class')) {
    return `missing closing ]: \`${source.slice(source.lastIndexOf('['))}\``;
  }
  if (why.includes('Unterminated group')) return `missing closing ): \`${source}\``;
  if (why.includes('Unmatched')) return `unexpected ): \`${source}\``;
  if (why.includes('Nothing to repeat')) {
    return `missing argument to repetition operator: \`${/[*+?]/.exec(source)?.[0] ?? source}\``;
  }
  if (why.includes('\\ at end of pattern')) return 'trailing backslash at end of expression: ``';
  return `invalid character class range: \`${source}\``;
}
