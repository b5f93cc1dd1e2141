import { expect } from 'chai'
import { protocols } from '../../lib/index.js'
import { counterparts, describeWith } from '../support/counterparts.js'
import { answerTo, useBrowser } from './native-messaging-browser.js'

describeWith(counterparts.chromium, 'native messaging with Chromium', (path) => {
  const ask = useBrowser(path)

  it('brings messages to a host and back, in order', async () => {
    const texts = ['', 'hello', 'ü'.repeat(1000), ...Array.from({ length: 500 }, (_, i) => `text ${i}`)]
    const answers = await ask(...texts.map((text) => JSON.stringify({ text })))
    expect(answers).to.deep.equal(texts.map(answerTo))
  })

  it('takes the longest message of a host, which lengthwise does not let write a longer one', async () => {
    const limit = protocols.nativeMessagingFromHost.maxMessageLength!
    const answers = await ask(`{ answerLength: ${limit} }`, `{ answerLength: ${limit + 1} }`, `{ answerLength: 8 }`)
    expect(answers).to.deep.equal(['x'.repeat(limit - 2), { code: 'ERR_MESSAGE_TOO_LARGE' }, 'xxxxxx'])
  })
})
