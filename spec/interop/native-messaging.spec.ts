import { expect } from 'chai'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { protocols } from '../../lib/index.js'
import { counterparts, describeWith } from '../support/counterparts.js'
import { rejectionOf } from '../support/lab.js'

const HOST = 'lengthwise.spec.host'

// The id of an extension is its key's hash, in the letters from a to p.
const KEY = Buffer.from('the key of an extension of these specs')
const ID = createHash('sha256')
  .update(KEY)
  .digest('hex')
  .slice(0, 32)
  .replace(/./g, (digit) => 'abcdefghijklmnop'[Number.parseInt(digit, 16)]!)

const lengthOf = (text: string): number => Buffer.byteLength(JSON.stringify({ text }))
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** An extension with nothing but an empty page, which may talk to the host. */
function writeExtension(folder: string): string {
  const extension = join(folder, 'extension')
  mkdirSync(extension)
  writeFileSync(join(extension, 'page.html'), '<!doctype html><title>lengthwise</title>')
  writeFileSync(
    join(extension, 'manifest.json'),
    JSON.stringify({
      manifest_version: 3,
      name: 'lengthwise',
      version: '1',
      key: KEY.toString('base64'),
      permissions: ['nativeMessaging'],
    }),
  )
  return extension
}

/** Tells the browser, by its profile, which program the host is. */
function registerHost(folder: string, profile: string): void {
  const program = fileURLToPath(new URL('native-messaging-host.ts', import.meta.url))
  const launcher = join(folder, 'host')
  writeFileSync(
    launcher,
    `#!/bin/sh\nexec '${process.execPath}' --import '${import.meta.resolve('tsx')}' '${program}'\n`,
    {
      mode: 0o755,
    },
  )
  mkdirSync(join(profile, 'NativeMessagingHosts'), { recursive: true })
  writeFileSync(
    join(profile, 'NativeMessagingHosts', `${HOST}.json`),
    JSON.stringify({
      name: HOST,
      description: 'A host written with lengthwise',
      path: launcher,
      type: 'stdio',
      allowed_origins: [`chrome-extension://${ID}/`],
    }),
  )
}

describeWith(counterparts.chromium, 'native messaging with Chromium', (path) => {
  let folder: string
  let browser: BrowserContext | undefined
  let page: Page

  before(async function () {
    this.timeout(60_000)
    folder = mkdtempSync(join(tmpdir(), 'lengthwise-'))
    const profile = join(folder, 'profile')
    const extension = writeExtension(folder)
    registerHost(folder, profile)
    browser = await chromium.launchPersistentContext(profile, {
      executablePath: path,
      args: [
        '--headless=new',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-features=DisableLoadExtensionCommandLineSwitch',
        `--disable-extensions-except=${extension}`,
        `--load-extension=${extension}`,
      ],
    })
    page = await browser.newPage()
    await page.goto(`chrome-extension://${ID}/page.html`)
  })

  after(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Starts a host, asks it, each question an expression of the page's, and returns the answers. */
  async function ask(...questions: readonly string[]): Promise<unknown[]> {
    return page.evaluate(`new Promise((resolve, reject) => {
      const questions = [${questions.join()}]
      const answers = []
      const port = chrome.runtime.connectNative('${HOST}')
      port.onDisconnect.addListener(() => reject(new Error(chrome.runtime.lastError?.message)))
      port.onMessage.addListener((answer) => {
        answers.push(answer)
        if (answers.length < questions.length) return
        port.disconnect()
        resolve(answers)
      })
      for (const question of questions) port.postMessage(question)
    })`)
  }

  it('brings messages to a host and back, in order', async () => {
    const texts = ['', 'hello', 'ü'.repeat(1000), ...Array.from({ length: 500 }, (_, i) => `text ${i}`)]
    const answers = await ask(...texts.map((text) => JSON.stringify({ text })))
    expect(answers).to.deep.equal(texts.map((text) => ({ length: lengthOf(text), sha256: sha256(text) })))
  })

  it('brings the longest message to a host, and refuses to send a longer one', async () => {
    const length = protocols.nativeMessagingToHost.maxMessageLength! - lengthOf('')
    const text = 'x'.repeat(length)
    const answers = await ask(`{ text: 'x'.repeat(${length}) }`, `{ text: 'x'.repeat(5_000_000) }`)
    expect(answers).to.deep.equal(
      [text, text.slice(0, 5_000_000)].map((sent) => ({ length: lengthOf(sent), sha256: sha256(sent) })),
    )
    const error = await rejectionOf(ask(`{ text: 'x'.repeat(${length + 1}) }`))
    expect(error).to.have.property('message').that.includes('Message exceeded maximum allowed size')
  })

  it('takes the longest message of a host, which lengthwise does not let write a longer one', async () => {
    const limit = protocols.nativeMessagingFromHost.maxMessageLength!
    const answers = await ask(`{ answerLength: ${limit} }`, `{ answerLength: ${limit + 1} }`, `{ answerLength: 8 }`)
    expect(answers).to.deep.equal(['x'.repeat(limit - 2), { code: 'ERR_MESSAGE_TOO_LARGE' }, 'xxxxxx'])
  })
})
