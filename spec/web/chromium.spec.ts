import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { bundleForBrowsers } from '../../scripts/bundle-for-browsers.js'
import { launch } from '../support/chromium.js'
import { counterparts, describeWith } from '../support/counterparts.js'
import { seed } from '../support/property.js'
import type { Outcome } from './in-browser.js'

const pathOf = (name: string): string => path.join(import.meta.dirname, name)

// Runs in-browser.ts in a browser with an empty profile.
async function runInBrowser(executablePath: string): Promise<readonly Outcome[]> {
  const specs = await bundleForBrowsers(pathOf('in-browser.ts'), {
    format: 'iife',
    globalName: 'specs',
    // The package says that its files have no side effects; specs have.
    ignoreAnnotations: true,
    define: { 'process.env': JSON.stringify({ SEED: String(seed) }) },
  })
  const browser = await launch(executablePath)
  try {
    const page = await browser.newPage()
    const broken = new Promise<never>((_, reject) => page.once('pageerror', reject))
    await page.addScriptTag({ path: pathOf('../../node_modules/mocha/mocha.js') })
    await page.evaluate(
      "mocha.setup({ ui: 'bdd', reporter: 'base', timeout: 20_000, forbidOnly: true, forbidPending: true })",
    )
    await page.addScriptTag({ content: Buffer.from(specs).toString() })
    return (await Promise.race([page.evaluate('specs.run()'), broken])) as Outcome[]
  } finally {
    await browser.close()
  }
}

describeWith(counterparts.chromium, 'Chromium', (executablePath) => {
  let outcomes: readonly Outcome[] = []

  before(async function () {
    this.timeout(180_000)
    outcomes = await runInBrowser(executablePath)
  })

  for (const suite of [
    'FrameParser',
    'decodeFrames',
    'encodeFrame',
    'LengthPrefixDecoderStream',
    'LengthPrefixEncoderStream',
  ]) {
    it(`holds every law of ${suite}`, () => {
      const own = outcomes.filter(({ title }) => title.startsWith(`${suite} `))
      const failed = own.flatMap(({ title, failure }) => (failure === undefined ? [] : [`${title}\n${failure}`]))
      expect(own).to.not.be.empty
      if (failed.length > 0) throw new Error(`${failed.length} of ${own.length} failed:\n\n${failed.join('\n\n')}`)
    })
  }
})

describe('bundleForBrowsers', () => {
  it('refuses what imports a module of Node', async () => {
    const transport = pathOf('../../lib/transports/tcp.ts')
    expect(readFileSync(transport, 'utf8')).to.include("'node:net'")
    const error: unknown = await bundleForBrowsers(transport).catch((reason: unknown) => reason)
    expect(error).to.be.instanceOf(Error).with.property('message').that.includes('node:net')
  })
})
