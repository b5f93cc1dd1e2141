import { broadcast } from './broadcast.js'
import { fanIn } from './fan-in.js'
import { footprint } from './footprint.js'
import type { Floor } from './harness/experiment.js'
import { memory } from './memory.js'
import { oneWay } from './one-way.js'
import { roundTrip } from './round-trip.js'

/** All floors, in the order in which they run. */
export const floors: readonly Floor[] = [memory, oneWay, roundTrip, fanIn, broadcast, footprint]
