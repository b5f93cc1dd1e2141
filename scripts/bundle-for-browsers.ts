import { build, type BuildOptions } from 'esbuild'

/**
 * The JavaScript of an entry file and of all that it imports, for browsers. Nothing stands in for what only Node has.
 *
 * @throws {Error} If anything imports a module of Node.
 */
export async function bundleForBrowsers(entry: string, options: BuildOptions = {}): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
    ...options,
    write: false,
  })
  return outputFiles[0]!.contents
}
