import { expect } from 'chai'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { programs } from '../support/docs/examples.js'
import { writeProgram } from '../support/docs/program.js'
import { launch } from '../support/chromium.js'
import { counterparts, describeWith } from '../support/counterparts.js'
import { installedProject } from '../support/project.js'

describeWith(counterparts.chromium, 'examples/page.mjs', (executablePath) => {
  it('answers what a visitor types', async function () {
    this.timeout(60_000)
    const example = programs().find(({ file }) => file.endsWith('page.mjs'))!
    const browser = await launch(executablePath)
    const program = spawn(process.execPath, [writeProgram(example, await installedProject())], { stdio: 'pipe' })
    try {
      const exited = once(program, 'exit')
      const [printed] = (await once(program.stdout, 'data')) as [Buffer]
      const page = await browser.newPage()
      await page.goto(String(printed).replace('Open', '').trim())
      const answer = `new Promise((resolve) => {
        const look = () => document.querySelector('li')?.textContent ?? void setTimeout(say, 50)
        const say = () => {
          document.forms[0][0].value = 'hello'
          document.forms[0].requestSubmit()
          const text = look()
          if (text !== undefined) resolve(text)
        }
        say()
      })`
      expect(await page.evaluate(answer)).to.equal('You said: hello')
      await page.close()
      expect((await exited)[0]).to.equal(0)
    } finally {
      program.kill()
      await browser.close()
    }
  })
})
