import { expect } from 'chai'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { entries } from '../scripts/entries.js'
import { installedProject } from './support/project.js'
import { runProgram } from './support/run-program.js'

describe('the package, installed', () => {
  let project: string

  before(async () => {
    project = await installedProject()
  })

  /** Runs a program in a project that has the package, and answers with the lines that it printed. */
  async function run(name: string, ...lines: readonly string[]): Promise<readonly string[]> {
    const path = join(project, name)
    writeFileSync(path, lines.join('\n'))
    return (await runProgram(path)).printed
  }

  const print = (module: string): string => `console.log(Object.keys(${module}).sort().join(' '))`

  it('answers import and require with the same names, from every subpath', async () => {
    const imported = entries().map(({ specifier }) => print(`await import('${specifier}')`))
    const required = entries().map(({ specifier }) => print(`require('${specifier}')`))
    const names = await Promise.all(entries().map(async ({ source }) => Object.keys((await import(source)) as object)))
    const printed = names.map((list) => list.sort().join(' '))
    expect(await run('names.mjs', ...imported)).to.deep.equal(printed)
    expect(await run('names.cjs', ...required)).to.deep.equal(printed)
  })

  it('shows its manifest, and nothing that is not exported', async () => {
    expect(await run('manifest.cjs', `console.log(require('lengthwise/package.json').name)`)).to.deep.equal([
      'lengthwise',
    ])
    const inside = `import('lengthwise/dist/index.js').catch(({ code }) => console.log(code))`
    expect(await run('inside.mjs', inside)).to.deep.equal(['ERR_PACKAGE_PATH_NOT_EXPORTED'])
  })
})
