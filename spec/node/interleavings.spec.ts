import { expect } from 'chai'
import { anyProgram, faultsOf, type Program } from '../support/interleavings.js'
import { check } from '../support/property.js'

describe('law 9, whatever a program does and in whatever order', () => {
  it('over memory: on a clean close nothing is lost, doubled or reordered, and what did not arrive was told', async () => {
    const obey = async (program: Program): Promise<void> => {
      expect(await faultsOf(program, () => 'memory:')).to.deep.equal([])
    }
    await check(anyProgram, obey, 1000)
  })
})
