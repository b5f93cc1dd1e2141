import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Example } from './examples.js'

/** Writes an example, as it stands, as a module into `folder`, and returns its path. */
export function writeProgram({ file, line, source }: Example, folder: string): string {
  const path = join(folder, `${file.replaceAll(/\W/g, '-')}-${line}.mjs`)
  writeFileSync(path, source)
  return path
}
