// The names that a configuration gives to its tables and that players then bet on.

const nameText = /^[\p{L}\p{N}][\p{L}\p{N} ._+-]{0,31}$/u;

/** What is wrong with the name of a `kind`, a word for people such as "table"; undefined where nothing is. */
export function tableNameFault(name: string, kind: string): string | undefined {
  if (nameText.test(name)) return undefined;
  return `is no name of a ${kind}: begin with a letter or digit, go on with these, spaces, . _ + or -`;
}
