/** `User-Agent`, as Go writes a header's name. */
export const headerName = (name: string): string => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
