import { ContainerConfigError } from './container-config-error.ts';

/**
 * The most that Linux passes to a program in one text.
 * Simplified: found before the container is created, as something wrong with its configuration; a real one fails when it is started.
 */
const MAX_TEXT_BYTES = 128 * 1024;

const tooLong = (): ContainerConfigError => new ContainerConfigError('argument list too long');

/**
 * Replaces `$(NAME)` by a variable's value, as the API docs of `command`, `args` and `env` have it: what is not defined stays
 * as it is, and `$$` stands for `$`, so that `$$(NAME)` is never replaced. Throws ContainerConfigError for what becomes too long.
 */
export function expandVariables(text: string, lookup: (name: string) => string | undefined): string {
  if (text.length >= MAX_TEXT_BYTES) throw tooLong();
  if (!text.includes('$')) return text;
  let result = '';
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (character !== '$' || index + 1 === text.length) {
      result += character;
    } else if (text[index + 1] === '$') {
      result += '$';
      index++;
    } else if (text[index + 1] === '(') {
      const end = text.indexOf(')', index);
      if (end < 0) return `${result}${text.slice(index)}`;
      result += lookup(text.slice(index + 2, end)) ?? text.slice(index, end + 1);
      index = end;
    } else result += character;
    if (result.length >= MAX_TEXT_BYTES) throw tooLong();
  }
  return result;
}
