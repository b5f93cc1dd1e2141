import { broadcast } from './broadcast.js'
import { engines } from './engines.js'
import { fanIn } from './fan-in.js'
import { footprint } from './footprint.js'
import type { Suite } from './harness/measure/experiment.js'
import { memory } from './memory.js'
import { overNats } from './nats.js'
import { oneWay } from './one-way.js'
import { requests } from './requests.js'
import { roundTrip } from './round-trip.js'

/** All suites, in the order in which they run. */
export const suites: readonly Suite[] = [
  ...[memory, oneWay, roundTrip, requests, fanIn, broadcast, engines, overNats, footprint],
]
