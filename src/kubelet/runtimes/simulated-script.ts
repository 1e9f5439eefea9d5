/**
 * Reads the little shell language of simulated containers into a tree: commands with `;`, `&&`, `||`, redirections to
 * files, `while … do … done`.
 */

/** Text, of which some pieces hold `$NAME` to be replaced. */
export type Word = readonly Piece[];

interface Piece {
  readonly text: string;
  readonly expand: boolean;
  readonly quoted: boolean;
}

export type Statement =
  | { readonly kind: 'command'; readonly words: readonly Word[]; readonly output: Output }
  | { readonly kind: 'loop'; readonly while: boolean; readonly condition: Script; readonly body: Script };

export type Output =
  | { readonly to: 'stdout' }
  | { readonly to: 'stderr' }
  | { readonly to: 'file'; readonly path: Word; readonly append: boolean };

/** Each statement runs depending on how the one before ended. */
export type Script = readonly { readonly after: ';' | '&&' | '||'; readonly statement: Statement }[];

type Token = { readonly kind: 'word'; readonly word: Word } | { readonly kind: 'operator'; readonly text: string };

const operators = ['&&', '||', '2>&1', '1>&2', '>&2', '>>', ';', '\n', '&', '>'];

/** Throws on what is beyond it, with the message of a shell. */
export function parseScript(text: string): Script {
  const tokens = tokenize(text);
  const position = { at: 0 };
  const script = parseList(tokens, position, []);
  if (position.at < tokens.length) throw new Error(`Syntax error: "${printToken(tokens[position.at])}" unexpected`);
  return script;
}

interface Position {
  at: number;
}

function parseList(tokens: readonly Token[], position: Position, ends: readonly string[]): Script {
  const script: { after: ';' | '&&' | '||'; statement: Statement }[] = [];
  let after: ';' | '&&' | '||' = ';';
  while (position.at < tokens.length) {
    const token = tokens[position.at];
    if (token?.kind === 'operator' && [';', '\n', '&', '&&', '||'].includes(token.text)) {
      after = token.text === '&&' || token.text === '||' ? token.text : ';';
      position.at++;
      continue;
    }
    const keyword = plainText(token);
    if (keyword !== undefined && ends.includes(keyword)) return script;
    script.push({ after, statement: parseStatement(tokens, position, keyword) });
    after = ';';
  }
  if (ends.length > 0) throw new Error(`Syntax error: end of file unexpected (expecting "${ends[0] ?? ''}")`);
  return script;
}

function parseStatement(tokens: readonly Token[], position: Position, keyword: string | undefined): Statement {
  if (keyword === 'while' || keyword === 'until') {
    position.at++;
    const condition = parseList(tokens, position, ['do']);
    position.at++;
    const body = parseList(tokens, position, ['done']);
    position.at++;
    return { kind: 'loop', while: keyword === 'while', condition, body };
  }
  const words: Word[] = [];
  let output: Output = { to: 'stdout' };
  for (; position.at < tokens.length; position.at++) {
    const token = tokens[position.at];
    if (token?.kind === 'word') {
      words.push(token.word);
    } else if (token?.text === '>' || token?.text === '>>') {
      const target = tokens[++position.at];
      if (target?.kind !== 'word') throw new Error('Syntax error: newline unexpected');
      output = { to: 'file', path: target.word, append: token.text === '>>' };
    } else if (token?.text === '>&2' || token?.text === '1>&2') {
      output = { to: 'stderr' };
    } else if (token?.text !== '2>&1') {
      break;
    }
  }
  return { kind: 'command', words, output };
}

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let word: Piece[] | undefined;
  const finish = (): void => {
    if (word !== undefined) tokens.push({ kind: 'word', word });
    word = undefined;
  };
  for (let i = 0; i < text.length;) {
    const char = text[i] ?? '';
    const operator = operators.find((each) => text.startsWith(each, i) && (word === undefined || !/^\d/.test(each)));
    if (char === "'" || char === '"') {
      const end = closingQuote(text, i);
      const content = text.slice(i + 1, end);
      const unescaped = char === '"' ? content.replaceAll(/\\(["\\$])/g, '$1') : content;
      (word ??= []).push({ text: unescaped, expand: char === '"', quoted: true });
      i = end + 1;
    } else if (char === '\\') {
      (word ??= []).push({ text: text[i + 1] ?? '', expand: false, quoted: true });
      i += 2;
    } else if (operator !== undefined) {
      finish();
      tokens.push({ kind: 'operator', text: operator });
      i += operator.length;
    } else if (/\s/.test(char)) {
      finish();
      i++;
    } else if (char === '#' && word === undefined) {
      while (i < text.length && text[i] !== '\n') i++;
    } else {
      (word ??= []).push({ text: char, expand: true, quoted: false });
      i++;
    }
  }
  finish();
  return tokens.map((token) => (token.kind === 'word' ? { kind: 'word', word: joinPieces(token.word) } : token));
}

/** Single characters become runs, so that `$NAME` is in one piece, but not across a quote. */
function joinPieces(pieces: readonly Piece[]): readonly Piece[] {
  const joined: { text: string; expand: boolean; quoted: boolean }[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (last !== undefined && !last.quoted && !piece.quoted) last.text += piece.text;
    else joined.push({ ...piece });
  }
  return joined;
}

function closingQuote(text: string, start: number): number {
  const quote = text[start];
  for (let i = start + 1; i < text.length; i++) {
    if (quote === '"' && text[i] === '\\') i++;
    else if (text[i] === quote) return i;
  }
  throw new Error('Syntax error: Unterminated quoted string');
}

function plainText(token: Token | undefined): string | undefined {
  return token?.kind === 'word' ? token.word.map(({ text }) => text).join('') : undefined;
}

function printToken(token: Token | undefined): string {
  return token?.kind === 'operator' ? token.text : (plainText(token) ?? '');
}
