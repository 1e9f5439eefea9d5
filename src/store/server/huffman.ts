/**
 * The Huffman code of HPACK (RFC 7541, appendix B). It is canonical: of codes of the same length the smaller belongs to the
 * smaller byte, so the lengths are all there is to know.
 */

/** Bits of the code of each byte, and of the end mark, as digits to the base 36. */
const lengths =
  'dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6cad67777777777777777777777878djde6' +
  'f56565666577666567655677777fbedskmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmnq' +
  'qkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrqu';
const endMark = 256;
const longest = 30;

/** For each length: the first code, and where its bytes begin in `symbols`. */
const firstCode: number[] = [];
const firstSymbol: number[] = [];
const symbols: number[] = [];

let code = 0;
for (let length = 0; length <= longest + 1; length += 1) {
  code *= 2;
  firstCode.push(code);
  firstSymbol.push(symbols.length);
  for (let symbol = 0; symbol <= endMark; symbol += 1) {
    if (Number.parseInt(lengths[symbol] ?? '', 36) === length) symbols.push(symbol);
  }
  code += symbols.length - (firstSymbol[length] ?? 0);
}

/** The text, one character a byte; undefined when the bytes are no such code. */
export function decodeHuffman(bytes: Buffer): string | undefined {
  const decoded: number[] = [];
  let value = 0;
  let length = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      value = value * 2 + ((byte >> bit) & 1);
      length += 1;
      const offset = value - (firstCode[length] ?? 0);
      const first = firstSymbol[length] ?? 0;
      if (offset >= (firstSymbol[length + 1] ?? 0) - first) {
        if (length >= longest) return undefined;
        continue;
      }
      const symbol = symbols[first + offset] ?? endMark;
      if (symbol === endMark) return undefined;
      decoded.push(symbol);
      value = 0;
      length = 0;
    }
  }
  // What is left must be padding: fewer than eight bits, all ones.
  if (length > 7 || value !== 2 ** length - 1) return undefined;
  return Buffer.from(decoded).toString('latin1');
}
