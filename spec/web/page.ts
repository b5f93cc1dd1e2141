import { expect } from 'chai'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import path from 'node:path'
import { bundleForBrowsers } from '../../scripts/bundle-for-browsers.js'
import type { PeerNode, PeerNodeOptions } from '../../lib/index.js'
import { webSocket } from '../../lib/websocket.js'
import { type Browser, launch, type Page } from '../support/chromium.js'
import { Lab } from '../support/lab.js'

/** What a page in Chromium can be a peer with. */
export const KINDS = ['WebSocketStream', 'WebSocket'] as const

/** A page with the functions of in-page.ts, and the server that it is from. */
export interface PageUnderTest {
  /** Calls a function of the page. */
  readonly run: (call: string, ...values: readonly unknown[]) => Promise<unknown>
  /** A node that takes WebSockets at a path of the server. */
  readonly listen: (options?: PeerNodeOptions) => Promise<{ readonly node: PeerNode; readonly url: string }>
  readonly origin: () => string
  /** Resets all connections of the server. */
  readonly cutAll: () => void
}

/** Starts Chromium for a suite. @returns What makes a page for each spec of an inner suite. */
export function usePage(executablePath: string): (kind: (typeof KINDS)[number]) => PageUnderTest {
  const sockets = new Set<Socket>()
  const server = http.createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<p>page')
  })
  server.on('connection', (socket) => sockets.add(socket.on('close', () => sockets.delete(socket))))
  let browser: Browser
  let script: string
  let origin: string

  before(async function () {
    this.timeout(60_000)
    browser = await launch(executablePath)
    const bundle = await bundleForBrowsers(path.join(import.meta.dirname, 'in-page.ts'), {
      format: 'iife',
      globalName: 'page',
    })
    script = Buffer.from(bundle).toString()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })

  after(async () => {
    await browser.close()
    for (const socket of sockets) socket.destroy()
    server.close()
  })

  return (kind) => {
    const lab = new Lab()
    let page: Page

    beforeEach(async () => {
      page = await browser.newPage()
      // WebSocketStream is there for pages of this machine, and for those over https.
      await page.goto(origin)
      await page.addScriptTag({ content: script })
      expect(await page.evaluate('page.hasStreams()')).to.equal(true)
      if (kind === 'WebSocket') await page.evaluate('page.forgetStreams()')
    })
    afterEach(() => page.close())

    return {
      run: (call, ...values) => page.evaluate(`page.${call}(${values.map((value) => JSON.stringify(value)).join()})`),
      async listen(options = {}) {
        const node = lab.node({ transports: [webSocket({ server })], ...options })
        const { url } = await node.startServer('ws:/peers')
        return { node, url: url! }
      },
      origin: () => origin,
      cutAll: () => sockets.forEach((socket) => socket.resetAndDestroy()),
    }
  }
}
