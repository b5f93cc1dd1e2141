import { createBirpc } from 'birpc'

/** Lets the process that has started this one call `functions`. */
export function expose(functions: object): void {
  createBirpc(functions, {
    post: (data) => void process.send?.(data),
    on: (listener) => void process.on('message', listener),
  })
  process.once('disconnect', () => process.exit())
}
