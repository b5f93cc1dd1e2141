// Runs after `npm test`: what the specs said is above the coverage table by now.
import { counterparts, sayMissing } from '../spec/support/counterparts.js'

sayMissing(Object.values(counterparts).filter(({ path }) => path === undefined))
