import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BrowserContext, chromium, type Page } from 'playwright-core'

const HOST = 'lengthwise.spec.host'

// The id of an extension is its key's hash, in the letters from a to p.
const KEY = Buffer.from('the key of an extension of these specs')
const ID = createHash('sha256')
  .update(KEY)
  .digest('hex')
  .slice(0, 32)
  .replace(/./g, (digit) => 'abcdefghijklmnop'[Number.parseInt(digit, 16)]!)

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

/** Starts a host, asks it, each question an expression of the page's, and returns the answers. */
export type Ask = (...questions: readonly string[]) => Promise<unknown[]>

/** Runs Chromium, with an extension that may talk to our host, while the specs of a suite run. */
export function useBrowser(path: string): Ask {
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

  return (...questions) =>
    page.evaluate(`new Promise((resolve, reject) => {
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

/** How many bytes the host gets for a question with a text. */
export function lengthOf(text: string): number {
  return Buffer.byteLength(JSON.stringify({ text }))
}

/** What the host answers to a text. */
export function answerTo(text: string): object {
  return { length: lengthOf(text), sha256: createHash('sha256').update(text).digest('hex') }
}
