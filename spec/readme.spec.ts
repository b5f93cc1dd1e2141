/**
 * Runs every example of README.md and docs/, and those of examples/ that users get, as a reader does: copied into a file,
 * in a project that has the package installed, by `node`.
 *
 * - A block marked `js` is a whole program. It runs as it stands; nothing is put in front of it or behind it. What
 *   it needs, such as a server, it starts itself, in view of the reader.
 * - A block marked `ts` is one too: its types are taken away, and `npm run check:package` compiles it with them.
 * - A block that begins with the line `// continued` belongs to the block before it: read one after the other, they are
 *   one program.
 * - Where a program says `// → text`, those texts are all that it prints, in order; `…` stands for any characters.
 * - A program ends by itself, within seconds.
 * - One that says `// Needs nats-server` runs where that is installed, with a server of its own.
 *
 * Blocks in other languages (`sh`, `text`, `json`) are not run.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { describeWith } from './support/counterparts.js'
import { documentationFiles, type Example, examplesIn, isLike, programs } from './support/docs/examples.js'
import { writeProgram } from './support/docs/program.js'
import { neededBy, startFor } from './support/docs/servers.js'
import { type Run, runProgram } from './support/run-program.js'
import { installedProject } from './support/project.js'
import { ROOT } from './support/root.js'

const all = [...documentationFiles().flatMap(examplesIn), ...programs()]
const placeOf = ({ file, line }: Example): string => `${file}:${line}`

describe('documentation', function () {
  // They run side by side, and the first may be told when all have begun.
  this.timeout(60_000)
  const examples = all.filter((example) => neededBy(example) === undefined)
  const runs = new Map<Example, Promise<Run>>()

  before(async () => {
    const folder = await installedProject()
    for (const example of examples) runs.set(example, runProgram(writeProgram(example, folder)))
  })

  for (const example of examples) {
    it(`runs and prints what it says at ${placeOf(example)}`, async () => check(example, await runs.get(example)!))
  }

  it('explains every error code', () => {
    const codes = new Set(readFileSync(join(ROOT, 'lib/errors.ts'), 'utf8').match(/(?<=')ERR_\w+(?=')/g))
    const explained = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8')
    expect([...codes].filter((code) => !explained.includes(`\`${code}\``))).to.deep.equal([])
  })

  it('explains every wait that may run out', () => {
    const [, union] = /type TimeoutPhase = (.*)/.exec(readFileSync(join(ROOT, 'lib/errors.ts'), 'utf8'))!
    const phases = Array.from(union!.matchAll(/'([\w-]+)'/g), ([, phase]) => phase!)
    const [, explained] = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8').split('### `ERR_TIMEOUT`')
    expect(Array.from(explained!.matchAll(/^\| `([a-z-]+)` +\|/gm), ([, phase]) => phase)).to.have.members(phases)
  })

  it('states the laws in the words of CONTRIBUTING.md', () => {
    expect(lawsIn('README.md')).to.have.lengthOf(9).and.deep.equal(lawsIn('CONTRIBUTING.md'))
  })
})

for (const example of all) {
  const needed = neededBy(example)
  if (needed === undefined) continue
  describeWith(needed.counterpart, `documentation at ${placeOf(example)}`, (program) => {
    it('runs with a server, and prints what it says', async () => {
      const path = writeProgram(example, await installedProject())
      const server = await startFor(needed, program)
      try {
        check(example, await runProgram(path, undefined, server.env))
      } finally {
        await server.stop()
      }
    }).timeout(30_000)
  })
}

function check(example: Example, { printed, exitCode }: Run): void {
  const place = placeOf(example)
  const end = exitCode === undefined ? 'did not end by itself' : `ended with exit code ${exitCode}`
  if (exitCode !== 0) throw new Error(`${place} ${end}:\n${printed.join('\n')}`)
  const { printed: said } = example
  const told = printed.map((line, i) => (isLike(line, said[i]) ? said[i] : line))
  if (said.length > 0) expect(told, place).to.deep.equal(said)
}

function lawsIn(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  return Array.from(text.matchAll(/^\d\. (\*\*.*(?:\n {3}.*)*)/gm), ([, law]) => law!)
}
