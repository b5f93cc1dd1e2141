#!/usr/bin/env node
import { complain } from './complain.js'
import { createProgram } from './program.js'
import { ProcessTerminal } from './terminal.js'

const terminal = new ProcessTerminal()

createProgram(terminal)
  .parseAsync(process.argv)
  .catch((error: unknown) => complain(terminal, error))
