// Installs what `npm run build` has written as `npm install` does, without a network, and uses it as a strict user does.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ROOT } from '../spec/support/root.js'
import { PROJECTS, SAID, writeConsumer } from './strict-consumer.js'
import { packInto, run } from './tarball.js'

interface Manifest {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
  /** What users bring for some of the entries. */
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly bin: { readonly lengthwise: string }
}

const modules = path.join(ROOT, 'node_modules')
const project = await mkdtemp(path.join(tmpdir(), 'lengthwise-package-'))
const installed = path.join(project, 'node_modules/lengthwise')
try {
  await install()
  const { version, dependencies, peerDependencies, bin } = JSON.parse(
    await readFile(path.join(installed, 'package.json'), 'utf8'),
  ) as Manifest
  await link(Object.keys(dependencies))
  await run(project, process.execPath, '--eval', "require('lengthwise')")
  await checkFiles()
  const brought = Object.keys(peerDependencies)
  for (const example of await readdir(path.join(installed, 'examples'))) {
    const program = path.join(installed, 'examples', example)
    const source = await readFile(program, 'utf8')
    // Those that need packages of the user's, or a server, are run by the specs.
    if (!/ from '(?!node:|lengthwise')/.test(source)) await run(project, process.execPath, program)
  }
  await link([...brought, '@types/node'])
  await checkTypes()
  const program = path.join(installed, bin.lengthwise)
  assert.match(await readFile(program, 'utf8'), /^#!\/usr\/bin\/env node\n/)
  assert.equal(await run(project, process.execPath, program, '--version'), `${version}\n`)
  console.log('The package installs, compiles in the strictest project, and runs')
} finally {
  await rm(project, { recursive: true, force: true })
}

async function link(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const target = path.join(project, 'node_modules', name)
    await mkdir(path.dirname(target), { recursive: true })
    await symlink(path.join(modules, name), target)
  }
}

async function install(): Promise<void> {
  await mkdir(installed, { recursive: true })
  await run(project, 'tar', '-xzf', await packInto(project), '-C', installed, '--strip-components=1')
  await writeFile(path.join(project, 'package.json'), '{ "private": true }')
}

// What is built, no sources, and all that README.md links to.
async function checkFiles(): Promise<void> {
  const files = await readdir(installed, { recursive: true })
  assert.deepEqual(
    files.filter((file) => /(?<!\.d)\.ts$/.test(file)),
    [],
  )
  const readme = await readFile(path.join(installed, 'README.md'), 'utf8')
  const links = Array.from(readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g), ([, link]) => path.normalize(link!))
  assert.deepEqual(
    links.filter((link) => !files.includes(link)),
    [],
    'README.md links to what is not in the package',
  )
}

async function checkTypes(): Promise<void> {
  await writeConsumer(project)
  const compiler = path.join(modules, 'typescript/bin/tsc')
  for (const settings of PROJECTS) await run(project, process.execPath, compiler, '--project', settings)
  assert.equal(await run(project, process.execPath, 'consumer.mjs'), SAID)
}
