/**
 * Runs every example of README.md and docs/.
 *
 * - A block marked `ts` or `js` is a whole program. It runs as it stands; nothing is put in front of it or behind it. What
 *   it needs, such as a server, it starts itself, in view of the reader.
 * - A block that begins with the line `// continued` belongs to the block before it: read one after the other, they are
 *   one program.
 * - `lengthwise` is imported as users do, and is the source of what package.json exports.
 * - Where a program says `// → text`, those texts are all that it prints, in order; `…` stands for any characters.
 * - A program ends by itself, and leaves nothing open. A `ts` program compiles, too.
 *
 * Blocks in other languages (`sh`, `text`, `json`) are not run.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { documentationFiles, type Example, examplesIn, ROOT } from './support/docs/examples.js'
import { writeProgram } from './support/docs/program.js'
import { run } from './support/docs/run.js'
import { typeErrorsIn } from './support/docs/type-errors.js'

describe('documentation', () => {
  const examples = documentationFiles().flatMap(examplesIn)
  const paths = new Map<Example, string>()
  let folder: string

  before(() => {
    // Where packages are found, and where neither Git nor a linter looks.
    const cache = join(ROOT, 'node_modules', '.cache')
    mkdirSync(cache, { recursive: true })
    folder = mkdtempSync(join(cache, 'examples-'))
    for (const example of examples) paths.set(example, writeProgram(example, folder))
  })

  after(() => {
    rmSync(folder, { recursive: true })
  })

  for (const example of examples) {
    const place = `${example.file}:${example.line}`
    it(`runs and prints what it says at ${place}`, async () => {
      const path = paths.get(example)!
      const printed = await run(path).catch((error: unknown) => {
        throw inDocumentation(error, example, path)
      })
      const { printed: said } = example
      const told = printed.map((line, i) => (isLike(line, said[i]) ? said[i] : line))
      if (said.length > 0) expect(told, place).to.deep.equal(said)
    })
  }

  it('compiles', () => {
    const errors = typeErrorsIn([...paths.values()].filter((path) => path.endsWith('.mts')))
    const places = Array.from(paths, ([{ file }, path]) => [path, file] as const)
    const inPlace = errors.map((error) => places.reduce((text, [path, file]) => text.replace(path, file), error))
    expect(inPlace).to.deep.equal([])
  }).timeout(60_000)

  it('explains every error code', () => {
    const codes = namesIn('lib/errors.ts', /'(ERR_\w+)'/g)
    expect(unnamedIn('docs/errors.md', codes), 'docs/errors.md').to.deep.equal([])
    expect(unnamedIn('README.md', codes), 'README.md').to.deep.equal([])
  })

  it('explains every option', () => {
    const option = /^ {2}readonly (\w+)\?:/gm
    const options = [
      ...namesIn('lib/frame/frame-options.ts', option),
      ...namesIn('lib/peer/peer-node-options.ts', option),
    ]
    expect(unnamedIn('README.md', options), 'README.md').to.deep.equal([])
  })
})

/** An error that says where in the documentation it happened. */
function inDocumentation(error: unknown, { file, line }: Example, path: string): Error {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
  const at = stack.split(`${path}:`)[1]?.match(/^\d+/)?.[0] ?? line
  return new Error(`${file}:${at}: ${message}`, { cause: error })
}

/** Whether a line that was printed is what the documentation says, where `…` stands for anything. */
function isLike(line: string, said: string | undefined): boolean {
  const parts = said?.split('…').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return parts !== undefined && new RegExp(`^${parts.join('.*')}$`).test(line)
}

function namesIn(file: string, pattern: RegExp): string[] {
  const found = Array.from(readFileSync(join(ROOT, file), 'utf8').matchAll(pattern), ([, name]) => name!)
  return [...new Set(found)]
}

function unnamedIn(file: string, names: readonly string[]): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  return names.filter((name) => !text.includes(`\`${name}\``))
}
