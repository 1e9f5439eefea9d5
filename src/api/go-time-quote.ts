/** As Go's time package quotes in its errors: what is not printable ASCII as the bytes of its UTF-8. */
export function goTimeQuote(text: string): string {
  const bytes = (part: string): string =>
    Buffer.from(part)
      .toString('hex')
      .replace(/../g, String.raw`\x$&`);
  return `"${text.replace(/["\\]/g, String.raw`\$&`).replace(/[^\u0020-\u007f]+/g, bytes)}"`;
}
