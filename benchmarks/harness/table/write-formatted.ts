import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'

/** Writes a file in the format that `npm run check` asks of every file. */
export async function writeFormatted(file: URL, text: string): Promise<void> {
  const filepath = fileURLToPath(file)
  await writeFile(file, await format(text, { ...(await resolveConfig(filepath)), filepath }))
}
