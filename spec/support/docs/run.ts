import { setImmediate } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { format } from 'node:util'

const LEVELS = ['debug', 'error', 'info', 'log', 'warn'] as const

// A closed socket is gone some turns of the event loop later.
const CLOSING_MS = 2000

/**
 * Imports a program, and returns the lines that it printed through `console`, once nothing of it is left running.
 *
 * @throws What the program throws.
 * @throws {Error} If it leaves something open.
 */
export async function run(path: string): Promise<string[]> {
  const printed: string[] = []
  const print = (...values: unknown[]): void => void printed.push(...format(...values).split('\n'))
  const original = { ...console }
  // A test runner starts its timer once this function has returned its promise.
  await setImmediate()
  const openBefore = process.getActiveResourcesInfo()
  for (const level of LEVELS) console[level] = print
  try {
    await import(pathToFileURL(path).href)
    await closed(openBefore)
  } finally {
    Object.assign(console, original)
  }
  return printed
}

async function closed(openBefore: readonly string[]): Promise<void> {
  const startedMs = performance.now()
  for (;;) {
    await setImmediate()
    const left = without(process.getActiveResourcesInfo(), openBefore)
    if (left.length === 0) return
    if (performance.now() - startedMs > CLOSING_MS) throw new Error(`It leaves open: ${left.join(', ')}`)
  }
}

// Each name in `taken` takes one away.
function without(names: readonly string[], taken: readonly string[]): string[] {
  const rest = [...names]
  for (const name of taken) {
    const at = rest.indexOf(name)
    if (at >= 0) rest.splice(at, 1)
  }
  return rest
}
