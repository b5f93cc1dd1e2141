import type { Command } from 'commander'
import { addLayoutOptions } from './layout-options.js'
import { addTlsOptions } from './tls-flags.js'

/** Adds what `listen` and `connect` may both be told: commander makes `SessionFlags` of it. */
export function addSessionOptions(command: Command): void {
  command
    .option('--file <path>', 'send a file as one message, instead of what is typed; can be repeated', collect)
    .option('--hex', 'type and print messages as hex')
    .option('--json', 'print messages and all else that happens as JSON, one object a line')
  addTlsOptions(command)
  addLayoutOptions(command)
}

function collect(path: string, paths: readonly string[] = []): string[] {
  return [...paths, path]
}
