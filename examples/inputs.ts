import { readdir, readFile, stat } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'

/** What a node of the demo is called, and what it sends. */
export interface Input {
  readonly name: string
  readonly what: string
  readonly messages: readonly Buffer[]
}

const MIB = 1_048_576
const repository = new URL('../', import.meta.url)

/** Text, binary files and a long message, all of this repository. */
export async function readInputs(): Promise<Input[]> {
  const readme = await readFile(new URL('README.md', repository), 'utf8')
  // Every line keeps its line break, and so none is empty.
  const lines = readme.split(/(?<=\n)/).map((line) => Buffer.from(line))
  const files = await readBinaryFiles(4)
  return [
    { name: 'ada', what: `the ${lines.length} lines of README.md`, messages: lines },
    { name: 'grace', what: `${files.length} binary files`, messages: files },
    { name: 'edsger', what: 'a message of 3 MiB', messages: [Buffer.alloc(3 * MIB, readme)] },
  ]
}

// Git keeps what it knows in binary files. A copy without them, such as a tarball, makes one.
async function readBinaryFiles(most: number): Promise<Buffer[]> {
  const git = new URL('.git/', repository)
  const files: Buffer[] = []
  for (const path of await readdir(git, { recursive: true }).catch(() => [])) {
    const bytes = await readSmallFile(new URL(path, git))
    if (bytes?.includes(0) === true && files.push(bytes) === most) break
  }
  return files.length > 0 ? files : [gzipSync(await readFile(new URL('package-lock.json', repository)))]
}

async function readSmallFile(url: URL): Promise<Buffer | undefined> {
  try {
    const { size } = await stat(url)
    return size <= MIB ? await readFile(url) : undefined
  } catch {
    // A folder, or a file that Git has just removed.
    return undefined
  }
}
