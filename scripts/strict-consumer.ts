import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { documentationFiles, examplesIn } from '../spec/support/docs/examples.js'
import { ROOT } from '../spec/support/root.js'
import { type Module, publicModules } from './docs/declarations.js'

/** What the consumer prints when it runs. */
export const SAID: string = [
  'parser: hello',
  'function: hello',
  'error: ERR_MESSAGE_TOO_LARGE 101 > 100',
  'stream: hello',
  'iterable: hello',
  'handler: hello',
  'peer: hello yourself',
  'error: ERR_PEER_UNKNOWN',
  '',
].join('\n')

const COMPILER_OPTIONS = {
  target: 'es2022',
  module: 'nodenext',
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
}

// Entries over packages that the user brings, whose own types are not all as strict: those of `@nats-io/nats-core` 3.4 fail under
// `exactOptionalPropertyTypes` where libraries are checked.
const ENGINES = 'engines.mts'
const SETTINGS: Readonly<Record<string, object>> = {
  'tsconfig.json': { compilerOptions: COMPILER_OPTIONS, exclude: [ENGINES] },
  'tsconfig.dom.json': { compilerOptions: { ...COMPILER_OPTIONS, lib: ['es2022', 'dom'] }, exclude: [ENGINES] },
  'tsconfig.engines.json': { compilerOptions: { ...COMPILER_OPTIONS, skipLibCheck: true }, files: [ENGINES] },
}

/** Projects of the consumer, for the compiler: with the types of Node alone, with those of browsers, and with engines. */
export const PROJECTS: readonly string[] = Object.keys(SETTINGS)

/**
 * Writes a program that uses the package into a folder, as `consumer.mts`, beside a module with every name that the
 * package exports, the web example of README.md, the examples in TypeScript, and the strictest of settings.
 */
export async function writeConsumer(folder: string): Promise<void> {
  const consumer = await readFile(path.join(ROOT, 'spec/support/consumer.ts'), 'utf8')
  await writeFile(path.join(folder, 'consumer.mts'), consumer.replace('../../lib/index.js', 'lengthwise'))
  const [engines, others] = [publicModules().filter(isEngine), publicModules().filter((module) => !isEngine(module))]
  await writeFile(path.join(folder, ENGINES), everythingOf(engines))
  await writeFile(path.join(folder, 'everything.mts'), everythingOf(others))
  const web = examplesIn('README.md').find(({ source }) => source.includes('lengthwise/web'))
  await writeFile(path.join(folder, 'web.mts'), web!.source)
  const typed = documentationFiles()
    .flatMap(examplesIn)
    .filter(({ language }) => language === 'ts')
  for (const [i, { source }] of typed.entries()) await writeFile(path.join(folder, `typed-${i}.mts`), source)
  for (const [project, settings] of Object.entries(SETTINGS)) {
    await writeFile(path.join(folder, project), JSON.stringify(settings))
  }
}

function isEngine({ file }: Module): boolean {
  return file.text.includes("'./engines/")
}

function everythingOf(modules: readonly Module[]): string {
  const lines = modules.map(({ specifier, exports }, i) => {
    const names = exports.map(({ name }) => `${name} as ${name}${i}`)
    return `export type { ${names.join(', ')} } from '${specifier}'`
  })
  return lines.join('\n')
}
