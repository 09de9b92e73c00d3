// Structured logs on stderr. Components take a Logger; only composition roots make one.
import { pino } from 'pino'

export type LogFields = Record<string, unknown>

export interface Logger {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
  /** A logger that adds `fields` to every line. */
  child(fields: LogFields): Logger
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** `destination` is a file path or a descriptor (default 2, stderr). Lines are JSON; errors are given as `err`. */
export const createLogger = (level: LogLevel, destination: string | number = 2): Logger =>
  pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ dest: destination, sync: true }))
