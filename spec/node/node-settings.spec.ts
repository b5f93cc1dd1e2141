import { expect } from 'chai'
import { PeerNode, type PeerNodeOptions, tcp, unix } from '../../lib/index.js'
import { resolveNodeOptions } from '../../lib/node/node-settings.js'

describe('PeerNodeOptions', () => {
  it('have defaults', () => {
    const { layout, codec, ...settings } = resolveNodeOptions({}, [])
    expect(settings).to.deep.equal({
      bind: [],
      connect: [],
      transports: [],
      handlers: [],
      goodPeer: undefined,
      logger: undefined,
      connectTimeoutMs: 10_000,
      handshakeTimeoutMs: 10_000,
      sendTimeoutMs: 10_000,
      closeTimeoutMs: 5_000,
      keepAliveMs: 15_000,
      timeoutMs: undefined,
      tickIntervalMs: undefined,
      tls: undefined,
      inboundLimit: 1_048_576,
      outboundLimit: 16_777_216,
      overflow: 'disconnect',
      halfOpen: false,
      maxPeers: 1024,
      maxPeersPerHost: Infinity,
      maxPending: 64,
      connectionRate: undefined,
      blockList: undefined,
      duplicates: 'keep',
      reconnect: undefined,
    })
    expect(layout).to.include({ maxMessageLength: 4_194_304 })
    expect(codec.parse(Buffer.from('x'))).to.deep.equal({ type: 0, data: Buffer.from('x') })
  })

  it('accept limits without an end', () => {
    const limits = { inboundLimit: Infinity, outboundLimit: Infinity, keepAliveMs: Infinity }
    expect(resolveNodeOptions(limits, [])).to.include(limits)
  })

  it('fill in what reconnect leaves out', () => {
    const resolved = (reconnect: PeerNodeOptions['reconnect']): unknown =>
      resolveNodeOptions({ reconnect }, []).reconnect
    expect(resolved(true)).to.deep.equal({ minMs: 100, maxMs: 30_000, atOnce: 5 })
    expect(resolved({ minMs: 60_000 })).to.deep.equal({ minMs: 60_000, maxMs: 60_000, atOnce: 5 })
    expect(resolved(false)).to.equal(undefined)
  })

  it('take one endpoint or several', () => {
    const bind = ['9000', { path: '/run/x.sock' }]
    expect(resolveNodeOptions({ bind, connect: '9001' }, [tcp, unix])).to.deep.include({ bind, connect: ['9001'] })
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
    [{ inboundLimit: 0 }, RangeError, 'inboundLimit: expected a number of at least 1'],
    [{ outboundLimit: '1' }, TypeError, 'outboundLimit'],
    [{ goodPeer: true }, TypeError, 'Cannot use goodPeer: expected a function, got true'],
    [{ framing: { maxMessageLength: 0 } }, RangeError, 'maxMessageLength'],
    [{ handlers: { chat: 'hi' } }, TypeError, 'Cannot add handler for type chat'],
    [{ handlers: 5 }, TypeError, 'Cannot use handlers: expected an object or pairs of type and handler, got 5'],
    [{ handlers: 'chat' }, TypeError, 'Cannot use handlers'],
    [{ codec: {} }, TypeError, 'Cannot use codec.parse: expected a function, got undefined'],
    [{ codec: 5 }, TypeError, 'Cannot use codec: expected { parse, serialise }, got 5'],
    [{ codec: { parse: () => ({}) } }, TypeError, 'Cannot use codec.serialise'],
    [{ logger: 5 }, TypeError, 'Cannot use logger: expected an object with methods like info, got 5'],
    [{ logger: { info: true } }, TypeError, 'Cannot use logger.info: expected a function, got true'],
    [{ bind: 9000 }, TypeError, 'Cannot use endpoint'],
    [{ bind: { port: 1, path: '/x' } }, TypeError, 'Cannot use endpoint with path beside its port'],
    [{ connect: ['9000', ''] }, TypeError, 'Cannot use endpoint'],
    [{ transports: {} }, TypeError, 'Cannot use transports: expected an array, got Object'],
    [{ transports: [5] }, TypeError, 'Cannot use transports: expected Transports, got 5'],
    [{ transports: [{ parse: () => undefined }] }, TypeError, 'Cannot use transports: expected Transports, got Object'],
    [{ handlers: [5] }, TypeError, 'Cannot use handlers: expected pairs of type and handler, got 5'],
    [{ maxMessageLength: 5 }, TypeError, 'Cannot use option maxMessageLength of a node: it is one of framing'],
    [{ overflow: 'block' }, TypeError, 'Cannot use overflow: expected one of disconnect, drop-newest, drop-oldest'],
    [{ halfOpen: 1 }, TypeError, 'Cannot use halfOpen: expected a boolean, got 1'],
    [{ sendTimeoutMs: 0 }, RangeError, 'sendTimeoutMs'],
    [{ keepAliveMs: 0 }, RangeError, 'keepAliveMs'],
    [{ maxPeers: 0 }, RangeError, 'Cannot use maxPeers: expected an integer of at least 1, got 0'],
    [{ maxPeersPerHost: 1.5 }, RangeError, 'maxPeersPerHost'],
    [{ maxPending: '8' }, TypeError, 'maxPending'],
    [{ connectionRate: 5 }, TypeError, 'expected an object, got 5'],
    [{ connectionRate: { count: 0, perMs: 1 } }, RangeError, 'connectionRate.count'],
    [{ connectionRate: { count: 1 } }, TypeError, 'connectionRate.perMs: expected a number, got undefined'],
    [{ connectionRate: { count: 1, perms: 1 } }, TypeError, 'did you mean perMs?'],
    [{ blockList: ['127.0.0.1'] }, TypeError, 'Cannot use blockList.check: expected a function, got undefined'],
    [{ duplicates: 'drop' }, TypeError, 'Cannot use duplicates: expected one of keep, refuse, replace'],
    [{ reconnect: 5 }, TypeError, 'Cannot use reconnect: expected a boolean or options, got 5'],
    [{ reconnect: { max: 5 } }, TypeError, 'Cannot use option max: no such option'],
    [{ reconnect: { minMs: 0 } }, RangeError, 'reconnect.minMs'],
    [
      { reconnect: { minMs: 9, maxMs: 5 } },
      RangeError,
      'reconnect.maxMs: expected a number from 9 to 2147483647, got 5',
    ],
    [{ reconnect: { atOnce: 0.5 } }, RangeError, 'reconnect.atOnce'],
    [{ timeout: 5 }, TypeError, 'timeoutMs'],
    [{ framing: { maxFrameLength: 5 } }, TypeError, 'maxMessageLength'],
  ]
  for (const [options, error, says] of refused) {
    it(`refuse ${JSON.stringify(options)}`, () => {
      expect(() => new PeerNode(options as PeerNodeOptions)).to.throw(error, says)
    })
  }
})
