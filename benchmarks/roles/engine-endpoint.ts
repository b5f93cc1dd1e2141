import { overEngines } from '../contestants/over-engines.js'
import { playEnd } from './play-end.js'

// Apart from the others: what an engine loads makes V8 collect garbage at other times, and halves what everything beside it
// does with messages of 16 KiB.
playEnd(overEngines)
