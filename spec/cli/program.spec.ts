import { expect } from 'chai'
import { createProgram } from '../../lib/cli/program.js'

describe('createProgram', () => {
  for (const command of createProgram().commands) {
    it(`documents every option of a layout in the help of ${command.name()}`, () => {
      const help = command.helpInformation()
      for (const option of [
        '--length-field <name>',
        '--length-field-offset <bytes>',
        '--length-adjustment <bytes>',
        '--initial-bytes-to-strip <bytes>',
        '--max-message-length <bytes>',
      ]) {
        expect(help).to.include(option)
      }
    })
  }
})
