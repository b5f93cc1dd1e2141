import { expect } from 'chai'
import { execaNode } from 'execa'

const RUNS = ['--import=tsx']

// Gives every hash of the demo another value than the last, even of the same bytes. What compiles it hashes too.
const FORGED = [
  "import crypto from 'node:crypto'",
  "import { syncBuiltinESMExports } from 'node:module'",
  'let count = 0',
  'const { createHash } = crypto',
  'const forged = { update: () => ({ digest: () => String(count++) }) }',
  `crypto.createHash = (name, ...rest) => (name === 'sha256' ? forged : createHash(name, ...rest))`,
  'syncBuiltinESMExports()',
].join('\n')

const run = (nodeOptions: string[]) => execaNode('examples/demo.ts', { nodeOptions, reject: false, timeout: 15_000 })

describe('demo', () => {
  it('ends by itself when every byte matches, without colours in a pipe', async () => {
    const { exitCode, stdout, stderr } = await run(RUNS)
    expect({ exitCode, stderr }).to.deep.equal({ exitCode: 0, stderr: '' })
    expect(stdout).to.match(/^[\d,]+ messages, [\d,]+ bytes from 3 peers in \d+ ms: every byte matches\.$/m)
    expect(stdout).to.not.include('\x1b')
  })

  it('says so and fails when a hash does not match', async () => {
    const { exitCode, stdout, stderr } = await run([
      ...RUNS,
      `--import=data:text/javascript,${encodeURIComponent(FORGED)}`,
    ])
    expect({ exitCode, stderr }).to.deep.equal({
      exitCode: 1,
      stderr: 'The demo failed: what ada sent is not what the hub heard',
    })
    expect(stdout).to.not.include('every byte matches')
  })
})
