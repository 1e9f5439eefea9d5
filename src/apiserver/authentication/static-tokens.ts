/**
 * The static token file (--token-auth-file): lines of `token,user,uid[,"group1,group2"]`.
 * A token is looked up by the whole of it (a Map hashes its keys, with a seed of its own), so that the time of it tells nothing.
 */
import type { User } from '../user.ts';

/** @returns who has a token. @throws Error naming the line that cannot be read. */
export function createStaticTokens(file: string): (token: string) => User | undefined {
  const users = parseTokenFile(file);
  return (token) => users.get(token);
}

/** @throws Error naming the line when a line has fewer than three columns. */
function parseTokenFile(text: string): ReadonlyMap<string, User> {
  const users = new Map<string, User>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const [token = '', name = '', uid = '', groups = ''] = splitCsv(line);
    if (token === '' || name === '') {
      throw new Error(`Cannot read line ${index + 1} of the token file: expected token,user,uid[,"groups"]`);
    }
    users.set(token, { name, uid, groups: groups.split(',').filter((group) => group !== '') });
  }
  return users;
}

function splitCsv(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map((match) => (match[1] ?? match[2] ?? '').trim());
}
