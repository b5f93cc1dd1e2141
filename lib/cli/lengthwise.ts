#!/usr/bin/env node
import { complain } from './complain.js'
import { failure } from './failure.js'
import { createProgram } from './program.js'

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => complain(failure('write output', error)))
}

createProgram().parseAsync().catch(complain)
