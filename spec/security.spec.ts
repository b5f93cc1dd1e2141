import { expect } from 'chai'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './support/root.js'

const specs = join(ROOT, 'spec')
const page = readFileSync(join(ROOT, 'docs/security.md'), 'utf8')
const [, table] = page.split('## Attacks and faults')
const rows = Array.from(table!.matchAll(/^\| (\d+) +\|.*\| +(.*?) +\|$/gm), ([, number, triedBy]) => ({
  number: Number(number),
  triedBy: Array.from(triedBy!.matchAll(/`([^`]+)`/g), ([, name]) => name!),
}))

describe('the attacks and faults of docs/security.md', () => {
  it('have numbers, and are all tried by specs that exist', () => {
    expect(rows.map(({ number }) => number)).to.deep.equal(rows.map((_, i) => i + 1))
    expect(rows).not.to.be.empty
    for (const { number, triedBy } of rows) {
      expect(triedBy, `row ${number}`).not.to.be.empty
      for (const name of triedBy) expect(fileOf(name), `row ${number}: ${name}`).to.satisfy(existsSync)
    }
  })

  it('name every spec whose title names them', () => {
    for (const file of readdirSync(specs, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(?:spec|siege)\.ts$/.test(file)) continue
      for (const [, numbers] of readFileSync(join(specs, file), 'utf8').matchAll(/\(threats? ([\d, and]+)\)/g)) {
        for (const number of numbers!.match(/\d+/g)!) {
          const { triedBy = [] } = rows[Number(number) - 1] ?? {}
          expect(triedBy.map(fileOf), `row ${number}`).to.include(join(specs, file))
        }
      }
    }
  })
})

// `door/limits` is spec/door/limits.spec.ts, and what a contract tries is in a file without that ending.
function fileOf(name: string): string {
  const ending = name.startsWith('contract/') ? '' : name.startsWith('siege/') ? '.siege' : '.spec'
  return join(specs, `${name}${ending}.ts`)
}
