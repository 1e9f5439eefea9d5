/** `$(NAME)` in commands, arguments and values of variables; `$$` stands for a dollar. A name that is not known stays as it is written. */
export function expandReferences(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$\$|\$\(([^()]*)\)/g, (match: string, name: string | undefined) => {
    if (name === undefined) return '$';
    return values.get(name) ?? match;
  });
}
