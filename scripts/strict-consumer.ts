import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { documentationFiles, examplesIn } from '../spec/support/docs/examples.js'
import { ROOT } from '../spec/support/root.js'
import { publicModules } from './docs/declarations.js'

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

/** Projects of the consumer, for the compiler: with the types of Node alone, and with those of browsers. */
export const PROJECTS: readonly string[] = ['tsconfig.json', 'tsconfig.dom.json']

/**
 * Writes a program that uses the package into a folder, as `consumer.mts`, beside a module with every name that the
 * package exports, the web example of README.md, the examples in TypeScript, and the strictest of settings.
 */
export async function writeConsumer(folder: string): Promise<void> {
  const consumer = await readFile(path.join(ROOT, 'spec/support/consumer.ts'), 'utf8')
  await writeFile(path.join(folder, 'consumer.mts'), consumer.replace('../../lib/index.js', 'lengthwise'))
  await writeFile(path.join(folder, 'everything.mts'), everything().join('\n'))
  const web = examplesIn('README.md').find(({ source }) => source.includes('lengthwise/web'))
  await writeFile(path.join(folder, 'web.mts'), web!.source)
  const typed = documentationFiles()
    .flatMap(examplesIn)
    .filter(({ language }) => language === 'ts')
  for (const [i, { source }] of typed.entries()) await writeFile(path.join(folder, `typed-${i}.mts`), source)
  for (const project of PROJECTS) {
    const compilerOptions = project.includes('dom') ? { ...COMPILER_OPTIONS, lib: ['es2022', 'dom'] } : COMPILER_OPTIONS
    await writeFile(path.join(folder, project), JSON.stringify({ compilerOptions }))
  }
}

function everything(): string[] {
  return publicModules().map(({ specifier, exports }, i) => {
    const names = exports.map(({ name }) => `${name} as ${name}${i}`)
    return `export type { ${names.join(', ')} } from '${specifier}'`
  })
}
