import { pino } from 'pino';

/** Structured log: first the facts, then a short sentence. */
export interface Logger {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
  child(facts: object): Logger;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Logs as JSON lines on stderr. */
export const createLogger = (level: LogLevel): Logger =>
  pino({ level, base: null }, pino.destination({ fd: 2, sync: true }));

/** Says nothing. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silentLogger };
