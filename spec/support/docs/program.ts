import { readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type Example, ROOT } from './examples.js'

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly default: string } | undefined>>
}

/**
 * Writes an example as a module into `folder`, and returns its path.
 *
 * It is the text of the documentation, but for one thing: `lengthwise` is what package.json says it is, in lib/ where
 * package.json says dist/.
 */
export function writeProgram({ file, line, language, source }: Example, folder: string): string {
  const path = join(folder, `${file.replaceAll(/\W/g, '-')}-${line}.m${language}`)
  const imports = /(\bfrom\s*|\bimport\s*\(?\s*)'(lengthwise(?:\/[^']*)?)'/g
  writeFileSync(
    path,
    source.replaceAll(
      imports,
      (_text, before: string, name: string) => `${before}'${relative(folder, sourceOf(name))}'`,
    ),
  )
  return path
}

// The source of what a user imports as `lengthwise` or `lengthwise/…`.
function sourceOf(name: string): string {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest
  const target = exports[name.replace('lengthwise', '.')]
  if (target === undefined) throw new Error(`Cannot import ${name}: package.json does not export it`)
  const built = typeof target === 'string' ? target : target.default
  return join(ROOT, built.replace('./dist/', 'lib/').replace(/\.js$/, '.ts'))
}
