import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { after } from 'mocha'
import { ROOT } from './root.js'

let project: Promise<string> | undefined

after(async () => {
  if (project !== undefined) await rm(await project, { recursive: true, force: true })
})

/**
 * The folder of a project that has `lengthwise` installed, built from the sources as they are. It is made once, for all
 * specs, and removed when all are done: programs in it run as those of users do, in plain `node`.
 */
export function installedProject(): Promise<string> {
  project ??= install()
  return project
}

async function install(): Promise<string> {
  // Inside node_modules, where the package finds those that it needs, and where neither Git nor a linter looks.
  const cache = join(ROOT, 'node_modules/.cache')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'project-'))
  const installed = join(folder, 'node_modules/lengthwise')
  const sources = await readdir(join(ROOT, 'lib'), { recursive: true })
  // Each file on its own, as the compiler does, which takes twenty times as long.
  await build({
    entryPoints: sources.filter((file) => file.endsWith('.ts')).map((file) => join(ROOT, 'lib', file)),
    outdir: join(installed, 'dist'),
    format: 'esm',
    platform: 'node',
    target: 'es2022',
  })
  await copyFile(join(ROOT, 'package.json'), join(installed, 'package.json'))
  // Without one, the folder would be a part of this package, whose name stands for dist/.
  await writeFile(join(folder, 'package.json'), '{ "private": true }')
  return folder
}
