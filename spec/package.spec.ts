import { expect } from 'chai'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { entries } from '../scripts/entries.js'
import { installedProject } from './support/project.js'
import { ROOT } from './support/root.js'
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

  it('loads no package that a user has to bring', async () => {
    const { peerDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      peerDependencies: object
    }
    // Says what is asked for by a name, in any of the modules that are loaded.
    const hooks = [
      "import { writeSync } from 'node:fs'",
      'export const resolve = (name, context, next) => {',
      '  if (/^[@a-z][^:]*$/.test(name)) writeSync(1, `${name}\\n`)',
      '  return next(name, context)',
      '}',
    ]
    writeFileSync(join(project, 'hooks.mjs'), hooks.join('\n'))
    const register = "(await import('node:module')).register('./hooks.mjs', import.meta.url)"
    const loaded = await run('loads.mjs', register, "await import('lengthwise')")
    expect(loaded).to.include('lengthwise').and.include('readable-stream')
    const brought = Object.keys(peerDependencies)
    expect(loaded.filter((name) => brought.some((other) => name === other || name.startsWith(`${other}/`)))).to.be.empty
  })

  it('shows its manifest, and nothing that is not exported', async () => {
    expect(await run('manifest.cjs', `console.log(require('lengthwise/package.json').name)`)).to.deep.equal([
      'lengthwise',
    ])
    const inside = `import('lengthwise/dist/index.js').catch(({ code }) => console.log(code))`
    expect(await run('inside.mjs', inside)).to.deep.equal(['ERR_PACKAGE_PATH_NOT_EXPORTED'])
  })
})
