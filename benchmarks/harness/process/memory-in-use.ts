import { setTimeout } from 'node:timers/promises'
import { collectGarbage } from './collect-garbage.js'

/** The memory of this process in bytes, once there is no garbage. */
export async function memoryInUse(): Promise<NodeJS.MemoryUsage> {
  // What one collection finds, a later one frees; the memory of buffers is given back in the background.
  for (let i = 0; i < 4; i++) {
    collectGarbage('major')
    await setTimeout(50)
  }
  return process.memoryUsage()
}
