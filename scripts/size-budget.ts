// Measures what a browser downloads, and holds it to a budget, which the README states too.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { bundleForBrowsers } from './bundle-for-browsers.js'

// Minified and gzipped, in kB of 1000 bytes; about a tenth above what was measured.
const BUDGET = { frame: 8.6, web: 9.3 }

const pathOf = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url))

const readme = (await readFile(pathOf('README.md'), 'utf8')).replaceAll(/\s+/g, ' ')
const faults: string[] = []

for (const [entry, budget] of Object.entries(BUDGET)) {
  const bundle = await bundleForBrowsers(pathOf(`lib/${entry}.ts`), { minify: true })
  const size = gzipSync(bundle, { level: 9 }).length / 1000
  console.log(`lengthwise/${entry}: ${size.toFixed(2)} kB, minified and gzipped; budget ${budget} kB`)
  if (size > budget) faults.push(`lengthwise/${entry} is larger than its budget`)

  const sentence = `\`lengthwise/${entry}\` is at most ${budget} kB`
  if (readme.includes('gzipped') && !readme.includes(sentence)) faults.push(`README.md does not say: ${sentence}`)
}

for (const fault of faults) console.error(fault)
process.exitCode = faults.length > 0 ? 1 : 0
