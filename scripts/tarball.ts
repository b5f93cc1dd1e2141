import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../spec/support/root.js'

/** Runs a program in a folder, and answers with what it printed. @throws {Error} If it fails. */
export async function run(folder: string, program: string, ...args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)(program, args, { cwd: folder })).stdout
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error })
  }
}

/** Packs what would be published, with dist/ as it is; answers with the path of the tarball. */
export async function packInto(folder: string): Promise<string> {
  await run(ROOT, 'npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', folder)
  const [tarball] = (await readdir(folder)).filter((file) => file.endsWith('.tgz'))
  return path.join(folder, tarball!)
}
