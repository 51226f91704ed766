import type { RespValue } from './resp.ts';

/** The answers that commands give, in Redis's own words for them. */
export const OK: RespValue = { type: 'simple', text: 'OK' };
export const NULL: RespValue = { type: 'null' };
export const integer = (number: number): RespValue => ({ type: 'integer', number });
export const bulk = (text: string | undefined): RespValue => (text === undefined ? NULL : { type: 'string', text });
export const list = (texts: Iterable<string>): RespValue => ({ type: 'array', items: Array.from(texts, bulk) });
export const error = (text: string): RespValue => ({ type: 'error', text });
