import { expect } from 'chai'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'

interface Manifest {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, unknown>>
  readonly bin: { readonly lengthwise: string }
}

const root = path.join(import.meta.dirname, '..')
const modules = path.join(root, 'node_modules')

/** Runs a program in a folder, without the settings and the coverage of this run; answers what it printed. */
async function run(folder: string, program: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, NODE_OPTIONS: '', NODE_V8_COVERAGE: '' }
  try {
    return (await promisify(execFile)(program, args, { cwd: folder, env })).stdout
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error })
  }
}

/** Names that each file exports, types included. */
function namesIn(files: readonly string[]): string[][] {
  const program = ts.createProgram(files, { module: ts.ModuleKind.NodeNext, noLib: true, types: [] })
  const checker = program.getTypeChecker()
  return files.map((file) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file)!)!
    return checker.getExportsOfModule(module).map(({ name }) => name)
  })
}

describe('the package, installed in an empty project', function () {
  this.timeout(120_000)
  let folder: string
  let project: string
  let manifest: Manifest
  // What can be imported: 'lengthwise', 'lengthwise/frame' …, and the file of each.
  let subpaths: { readonly specifier: string; readonly entry: string }[]

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lengthwise-package-'))
    project = path.join(folder, 'project')
    manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as Manifest
    subpaths = Object.keys(manifest.exports)
      .filter((subpath) => subpath !== './package.json')
      .map((subpath) => ({
        specifier: `lengthwise${subpath.slice(1)}`,
        entry: path.join(root, 'lib', `${subpath === '.' ? 'index' : subpath.slice(2)}.ts`),
      }))

    // Built in a copy, since others may be using dist/.
    const copy = path.join(folder, 'copy')
    await mkdir(copy)
    for (const name of await readdir(root)) {
      if (/^(?:lib|package\.json|tsconfig.*\.json|README\.md|LICENSE)$/.test(name)) {
        await cp(path.join(root, name), path.join(copy, name), { recursive: true })
      }
    }
    await symlink(modules, path.join(copy, 'node_modules'))
    await run(copy, 'npm', 'pack', '--silent', '--pack-destination', folder)

    // What `npm install` does, without a network: unpacks, and puts the dependencies beside it.
    const installed = path.join(project, 'node_modules/lengthwise')
    await mkdir(installed, { recursive: true })
    const tarball = path.join(folder, `lengthwise-${manifest.version}.tgz`)
    await run(folder, 'tar', '-xzf', tarball, '-C', installed, '--strip-components=1')
    await mkdir(path.join(project, 'node_modules/@types'))
    for (const name of [...Object.keys(manifest.dependencies), '@types/node']) {
      await symlink(path.join(modules, name), path.join(project, 'node_modules', name))
    }
    await writeFile(path.join(project, 'package.json'), '{ "private": true }')
  })

  after(() => rm(folder, { recursive: true, force: true }))

  it('holds what is built, and no sources', async () => {
    const installed = path.join(project, 'node_modules/lengthwise')
    expect((await readdir(installed)).sort()).to.deep.equal(['LICENSE', 'README.md', 'dist', 'package.json'])
    const built = await readdir(path.join(installed, 'dist'), { recursive: true })
    expect(built.filter((file) => /(?<!\.d)\.ts$/.test(file))).to.deep.equal([])
  })

  it('answers import and require with the same names, from every subpath', async () => {
    for (const { specifier, entry } of subpaths) {
      const names = Object.keys((await import(entry)) as object).sort()
      const print = `console.log(JSON.stringify(Object.keys(lengthwise).filter((n) => !/^(default|module.exports)$/.test(n)).sort()))`
      const imported = await run(
        project,
        process.execPath,
        ...['--input-type=module', '--eval', `import * as lengthwise from '${specifier}'; ${print}`],
      )
      const required = await run(
        project,
        process.execPath,
        ...['--no-warnings', '--eval', `const lengthwise = require('${specifier}'); ${print}`],
      )
      expect(JSON.parse(imported)).to.deep.equal(names)
      expect(JSON.parse(required)).to.deep.equal(names)
    }
  })

  it('shows its manifest, and nothing that is not exported', async () => {
    const print = `console.log(require('lengthwise/package.json').name)`
    expect(await run(project, process.execPath, '--eval', print)).to.equal('lengthwise\n')
    const inside = run(project, process.execPath, '--eval', `require('lengthwise/dist/index.js')`)
    expect(await inside.catch(String)).to.contain('ERR_PACKAGE_PATH_NOT_EXPORTED')
  })

  it('compiles in the strictest project, with every name that it exports, and runs', async () => {
    const consumer = await readFile(new URL('./support/consumer.ts', import.meta.url), 'utf8')
    await writeFile(path.join(project, 'consumer.mts'), consumer.replace('../../lib/index.js', 'lengthwise'))
    const names = namesIn(subpaths.map(({ entry }) => entry))
    const everything = subpaths.map(({ specifier }, i) => {
      const list = names[i]!.map((name) => `${name} as ${name}${i}`).join(', ')
      return `export type { ${list} } from '${specifier}'`
    })
    await writeFile(path.join(project, 'everything.mts'), everything.join('\n'))
    const compilerOptions = {
      target: 'es2022',
      module: 'nodenext',
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
    }
    await writeFile(path.join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
    await run(project, process.execPath, path.join(modules, 'typescript/bin/tsc'))
    expect(await run(project, process.execPath, 'consumer.mjs')).to.equal(
      [
        'parser: hello',
        'function: hello',
        'error: ERR_MESSAGE_TOO_LARGE 101 > 100',
        'stream: hello',
        'iterable: hello',
        'handler: hello',
        'peer: hello yourself',
        'error: ERR_PEER_UNKNOWN',
        '',
      ].join('\n'),
    )
  })

  it('has a command that runs', async () => {
    const program = path.join(project, 'node_modules/lengthwise', manifest.bin.lengthwise)
    expect(await readFile(program, 'utf8')).to.match(/^#!\/usr\/bin\/env node\n/)
    expect(await run(project, process.execPath, program, '--help')).to.contain('listen')
    expect(await run(project, process.execPath, program, '--version')).to.contain(manifest.version)
  })
})
