import { expect } from 'chai'
import { PeerNode, type PeerNodeOptions } from '../../lib/index.js'
import { resolvePeerNodeOptions } from '../../lib/peer/peer-node-options.js'

describe('PeerNodeOptions', () => {
  it('have defaults', () => {
    expect(resolvePeerNodeOptions({}, [])).to.deep.equal({
      transports: [],
      connectTimeoutMs: 10_000,
      handshakeTimeoutMs: 10_000,
      closeTimeoutMs: 5_000,
      inboundLimit: 1_048_576,
      outboundLimit: 16_777_216,
    })
  })

  it('accept limits without an end', () => {
    const limits = { inboundLimit: Infinity, outboundLimit: Infinity }
    expect(resolvePeerNodeOptions(limits, [])).to.include(limits)
  })

  const refused: readonly (readonly [options: unknown, error: typeof TypeError | typeof RangeError, says: string])[] = [
    [7, TypeError, 'Cannot use options: expected an object, got 7'],
    [null, TypeError, 'got null'],
    [{ timeoutMs: 0 }, RangeError, 'Cannot use timeoutMs: expected a number from 1 to 2147483647, got 0'],
    [{ timeoutMs: '5' }, TypeError, 'Cannot use timeoutMs: expected a number, got string "5"'],
    [{ connectTimeoutMs: NaN }, RangeError, 'connectTimeoutMs'],
    [{ handshakeTimeoutMs: -1 }, RangeError, 'handshakeTimeoutMs'],
    [{ closeTimeoutMs: Infinity }, RangeError, 'closeTimeoutMs'],
    [{ tickIntervalMs: 2 ** 31 }, RangeError, 'tickIntervalMs'],
    [{ inboundLimit: 0 }, RangeError, 'inboundLimit: expected a number from 1 to Infinity'],
    [{ outboundLimit: '1' }, TypeError, 'outboundLimit'],
    [{ goodPeer: true }, TypeError, 'Cannot use goodPeer: expected a function, got true'],
    [{ framing: { maxMessageLength: 0 } }, RangeError, 'maxMessageLength'],
    [{ handlers: { chat: 'hi' } }, TypeError, 'Cannot add handler for type chat'],
  ]
  for (const [options, error, says] of refused) {
    it(`refuse ${JSON.stringify(options)}`, () => {
      expect(() => new PeerNode(options as PeerNodeOptions)).to.throw(error, says)
    })
  }
})
