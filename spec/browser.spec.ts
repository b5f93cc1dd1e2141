import { expect } from 'chai'
import { build } from 'esbuild'
import { runInNewContext } from 'node:vm'
import * as browser from '../lib/browser.js'
import { installedProject } from './support/project.js'

describe('lengthwise in a browser', () => {
  it('is bundled without anything of Node, and runs', async () => {
    const { outputFiles } = await build({
      stdin: { contents: `export * from 'lengthwise'`, resolveDir: await installedProject() },
      bundle: true,
      platform: 'browser',
      format: 'iife',
      globalName: 'lengthwise',
      write: false,
    })
    // What browsers have and the language does not. No Buffer, no process, no require.
    const globals = { TransformStream }
    const lengthwise = runInNewContext(`${outputFiles[0]!.text}; lengthwise`, globals) as typeof browser
    expect(Object.keys(lengthwise)).to.have.members(Object.keys(browser))
    const frame = lengthwise.encodeFrame(Uint8Array.of(104, 105))
    expect(lengthwise.decodeFrames(frame).map((message) => [...message])).to.deep.equal([[104, 105]])
    for (const message of lengthwise.decode([frame])) expect([...message.subarray()]).to.deep.equal([104, 105])
  })
})
