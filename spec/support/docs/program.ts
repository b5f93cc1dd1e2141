import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformSync } from 'esbuild'
import type { Example } from './examples.js'

/**
 * Writes an example as a module into `folder`, and returns its path. It is the text of the documentation, without types
 * if it has them.
 */
export function writeProgram({ file, line, language, source }: Example, folder: string): string {
  const path = join(folder, `${file.replaceAll(/\W/g, '-')}-${line}.mjs`)
  writeFileSync(path, language === 'js' ? source : transformSync(source, { loader: 'ts', target: 'es2022' }).code)
  return path
}
