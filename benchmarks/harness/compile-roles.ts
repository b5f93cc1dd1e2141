import { build } from 'esbuild'
import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const ROLES = new URL('../roles/', import.meta.url)
// Below node_modules, so that what is compiled finds the same packages.
const COMPILED = new URL('../../node_modules/.cache/lengthwise-benchmarks/', import.meta.url)

let compiled: Promise<unknown> | undefined

/**
 * Compiles `roles/`, once in a run, and answers with the file of a role. A hundred processes start in a run: without
 * a compiler of their own they do so in half the time.
 */
export async function compiledRole(role: string): Promise<string> {
  compiled ??= compile()
  await compiled
  return fileURLToPath(new URL(`${role}.mjs`, COMPILED))
}

async function compile(): Promise<void> {
  const files = await readdir(ROLES)
  await build({
    entryPoints: files.map((file) => fileURLToPath(new URL(file, ROLES))),
    outdir: fileURLToPath(COMPILED),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: `node${process.versions.node}`,
    sourcemap: 'inline',
  })
}
