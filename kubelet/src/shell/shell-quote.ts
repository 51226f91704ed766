/** A word as it would have to be written in a script: as it is where that is safe, else in single quotes. */
export const shellQuote = (text: string): string =>
  /^[\w@%+=:,./\]-]*$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
