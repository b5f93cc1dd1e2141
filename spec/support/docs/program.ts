import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformSync } from 'esbuild'
import type { Example } from './examples.js'

/** Writes an example as a module into `folder`, as it stands or, from TypeScript, without its types; returns its path. */
export function writeProgram({ file, language, line, source }: Example, folder: string): string {
  const path = join(folder, `${file.replaceAll(/\W/g, '-')}-${line}.mjs`)
  writeFileSync(path, language === 'ts' ? transformSync(source, { loader: 'ts' }).code : source)
  return path
}
