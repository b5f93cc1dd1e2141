// Tries what README.md promises: its first example and those of examples/ with every runtime, a strict program with every
// compiler. Takes runtimes and compilers from npm, into a folder of its own.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Example, examplesIn, isLike, programs } from '../spec/support/docs/examples.js'
import { writeProgram } from '../spec/support/docs/program.js'
import { neededBy } from '../spec/support/docs/servers.js'
import { runProgram } from '../spec/support/run-program.js'
import { PROJECTS, SAID, writeConsumer } from './strict-consumer.js'
import { packInto, run } from './tarball.js'

const NODES = ['20.19.0', '20', '22', '24', '26']
// What users bring for the engines of the examples.
const ENGINES = ['ws', 'libp2p', ...['interface', 'mdns', 'noise', 'tcp', 'yamux'].map((name) => `@libp2p/${name}`)]
const COMPILERS = ['5.8', '5.9', '6.0', '7.0']

const folder = await mkdtemp(path.join(tmpdir(), 'lengthwise-runtimes-'))
const modules = path.join(folder, 'node_modules')
try {
  await writeFile(path.join(folder, 'package.json'), '{ "private": true }')
  await install(await packInto(folder), '@types/node', 'bun', 'deno')
  await install(...NODES.map((version) => `node-${version}@npm:node@${version}`))
  await install(...COMPILERS.map((version) => `typescript-${version}@npm:typescript@${version}`))
  await install(...ENGINES)
  const examples = [...examplesIn('README.md').slice(0, 1), ...programs()].filter((one) => neededBy(one) === undefined)
  for (const runtime of [
    ...NODES.map((version) => [path.join(modules, `node-${version}/bin/node`)]),
    [path.join(modules, '.bin/bun')],
    [path.join(modules, '.bin/deno'), 'run', '--allow-all'],
  ]) {
    const version = `${path.basename(runtime[0]!)} ${await run(folder, runtime[0]!, '--version')}`.split('\n')[0]!
    // Engines are promised for Node alone.
    const isNode = runtime[0]!.endsWith('bin/node')
    const tried = examples.filter(({ source }) => isNode || !/ from 'lengthwise\/(?:libp2p|websocket)'/.test(source))
    report(version, await Promise.all(tried.map((example) => tryExample(example, runtime))))
  }
  await writeConsumer(folder)
  for (const version of COMPILERS) report(`TypeScript ${version}`, [await tryCompiler(version)])
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function install(...packages: readonly string[]): Promise<void> {
  await run(folder, 'npm', 'install', '--no-audit', '--no-fund', ...packages)
}

/** What an example does wrong; `undefined` if nothing. */
async function tryExample(example: Example, runtime: readonly string[]): Promise<string | undefined> {
  const { printed, exitCode } = await runProgram(writeProgram(example, folder), runtime)
  const { file, printed: said } = example
  if (exitCode === 0 && printed.length === said.length && printed.every((line, i) => isLike(line, said[i]))) return
  return `${file} ended with exit code ${exitCode}, and printed:\n${printed.join('\n')}`
}

/** What a compiler says against the strict program, or what that does wrong; `undefined` if nothing. */
async function tryCompiler(version: string): Promise<string | undefined> {
  try {
    const compiler = path.join(modules, `typescript-${version}/bin/tsc`)
    for (const settings of PROJECTS) await run(folder, process.execPath, compiler, '--project', settings)
    const printed = await run(folder, process.execPath, 'consumer.mjs')
    return printed === SAID ? undefined : printed
  } catch (error) {
    return String(error)
  }
}

function report(what: string, found: readonly (string | undefined)[]): void {
  const told = found.filter((fault) => fault !== undefined)
  console.log(`${told.length === 0 ? 'works' : 'FAILS'}: ${what}`)
  for (const fault of told) console.log(fault)
  if (told.length > 0) process.exitCode = 1
}
