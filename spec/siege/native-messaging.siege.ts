import { expect } from 'chai'
import { protocols } from '../../lib/index.js'
import { answerTo, lengthOf, useBrowser } from '../interop/native-messaging-browser.js'
import { counterparts, describeWith } from '../support/counterparts.js'
import { rejectionOf } from '../support/lab.js'

describeWith(counterparts.chromium, 'native messaging with Chromium', (path) => {
  const ask = useBrowser(path)

  it('brings the longest message to a host, and refuses to send a longer one', async () => {
    const length = protocols.nativeMessagingToHost.maxMessageLength! - lengthOf('')
    const text = 'x'.repeat(length)
    const answers = await ask(`{ text: 'x'.repeat(${length}) }`, `{ text: 'x'.repeat(5_000_000) }`)
    expect(answers).to.deep.equal([text, text.slice(0, 5_000_000)].map(answerTo))
    const error = await rejectionOf(ask(`{ text: 'x'.repeat(${length + 1}) }`))
    expect(error).to.have.property('message').that.includes('Message exceeded maximum allowed size')
  })
})
