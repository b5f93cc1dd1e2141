import v8 from 'node:v8'
import vm from 'node:vm'

v8.setFlagsFromString('--expose-gc')
const gc = vm.runInNewContext('gc') as (options: { type: 'minor' | 'major' }) => void

/** Collects garbage now, so that no measurement pays for what another has left behind. */
export function collectGarbage(type: 'minor' | 'major'): void {
  gc({ type })
}
