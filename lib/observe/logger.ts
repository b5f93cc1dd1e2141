type Log = (message: string) => void

/** Console- or pino-shaped. Only these levels are called, and only with a sentence. Left out levels are silent. */
export interface Logger {
  readonly debug?: Log
  readonly info?: Log
  readonly warn?: Log
  readonly error?: Log
}
