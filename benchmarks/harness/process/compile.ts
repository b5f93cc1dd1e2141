import { build } from 'esbuild'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

// Beside the packages that what is compiled needs.
const FOLDER = new URL('../../node_modules/.cache/', import.meta.url)

const compiled = new Map<string, Promise<string>>()

/**
 * Compiles a program, once in a run, and answers with the file that `node` can run. A hundred processes start in a run:
 * without a compiler of their own they do so in half the time.
 */
export function compile(program: URL): Promise<string> {
  const file = compiled.get(program.href) ?? compileAnew(fileURLToPath(program))
  compiled.set(program.href, file)
  return file
}

async function compileAnew(program: string): Promise<string> {
  const outfile = fileURLToPath(new URL(`${path.basename(program, '.ts')}.mjs`, FOLDER))
  await build({
    entryPoints: [program],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: `node${process.versions.node}`,
    sourcemap: 'inline',
  })
  return outfile
}
