import { expect } from 'chai'
import { z } from 'zod'
import { jsonCodec, PeerNode, type SchemaOptions, type StandardSchema } from '../../lib/index.js'
import { msgpackCodec } from '../../lib/msgpack.js'
import { Lab, rejectionOf, settled } from '../support/lab.js'

interface Messages {
  add: { data: number[]; answer: number }
  user: { data: { name: string; age: number }; answer: { id: string } }
  chat: { data: string }
}

const schemas = {
  add: z.array(z.number()),
  user: z.object({ name: z.string(), age: z.number().default(7) }),
}
const answers = { add: z.number() }

const values: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -1.5,
  '',
  'hä',
  [],
  [1, [2, null]],
  {},
  { a: { b: ['c'] } },
]

for (const [name, codecOf] of Object.entries({ jsonCodec, msgpackCodec })) {
  const open = codecOf

  describe(name, () => {
    const lab = new Lab()
    const codec = open()
    const there = (message: Uint8Array): ReturnType<typeof codec.parse> => codec.parse(Buffer.from(message))

    for (const value of values) {
      it(`gives back ${JSON.stringify(value)} as the data of a message, a request and an answer`, () => {
        expect(there(codec.serialise('a', value))).to.deep.equal({ type: 'a', data: value })
        expect(there(codec.serialise(7, value, { request: 1 }))).to.deep.equal({ type: 7, data: value, request: 1 })
        expect(there(codec.serialise('a', value, { reply: 'x' }))).to.deep.equal({ type: 'a', data: value, reply: 'x' })
      })
    }

    it('gives back an error as an answer without data', () => {
      const message = codec.serialise('a', undefined, { reply: 3, error: '' })
      expect(there(message)).to.deep.equal({ type: 'a', data: undefined, reply: 3, error: '' })
    })

    it('takes an error that belongs to no answer for nothing', () => {
      expect(there(codec.serialise('a', 1, { error: 'forged' }))).to.deep.equal({ type: 'a', data: 1 })
    })

    it('gives peers no prototypes', () => {
      const evil = JSON.parse(
        '{ "__proto__": { "type": "x" }, "type": "a", "data": { "__proto__": { "isAdmin": true } } }',
      ) as {
        data: unknown
      }
      const { data } = there(codec.serialise('a', evil.data))
      expect(data).to.not.have.property('isAdmin')
      expect({}).to.not.have.property('isAdmin')
    })

    describe('with schemas', () => {
      const pair = async (options: SchemaOptions<Messages> = { schemas, answers }) => {
        const server = lab.keep(new PeerNode({ codec: open<Messages>(options) }))
        const client = lab.keep(new PeerNode({ codec: open<Messages>(options) }))
        const errors: string[] = []
        for (const node of [server, client]) node.on('error', ({ message }) => errors.push(message))
        const peer = await client.connectTo(await server.startServer('memory:'))
        return { server, client, peer, errors }
      }

      it('takes what fits, as the schema makes it', async () => {
        const { server, client, peer } = await pair()
        server.addHandler('user', (_from, _type, { name, age }) => ({ id: `${name} ${age}` }))
        expect(await client.request('user', { name: 'Ada' } as Messages['user']['data'], peer)).to.deep.equal({
          id: 'Ada 7',
        })
      })

      it('refuses a message that does not fit, as an error that names the type and the path', async () => {
        const { server, client, peer, errors } = await pair()
        server.addHandler('user', () => ({ id: 'x' }))
        client.sendMsg('user', { name: 'Ada', age: 'seven' as never }, peer)
        await settled()
        expect(errors).to.deep.equal([
          'Cannot read message of type user: data.age: Invalid input: expected number, received string',
        ])
        expect([...server.peers.values()][0]!.stats.dropped).to.equal(1)
      })

      it('answers a request that does not fit with the same error', async () => {
        const { server, client, peer } = await pair()
        server.addHandler('add', () => 0)
        const error = await rejectionOf(client.request('add', [1, 'two' as never], peer))
        expect(error).to.include({
          code: 'ERR_REQUEST_FAILED',
          message: 'Cannot read message of type add: data.1: Invalid input: expected number, received string',
        })
      })

      it('refuses an answer that does not fit: the request rejects', async () => {
        const { server, client, peer } = await pair()
        server.addHandler('add', () => 'six' as never)
        const error = await rejectionOf(client.request('add', [1, 2, 3], peer))
        expect(error).to.include({
          code: 'ERR_REQUEST_FAILED',
          message: 'Cannot read answer of type add: answer: Invalid input: expected number, received string',
        })
      })

      it('takes types without a schema as they come, also those that every object has', async () => {
        const { server, client, peer } = await pair()
        const heard: unknown[] = []
        server.addHandler('chat', (_from, _type, text) => void heard.push(text))
        client.sendMsg('chat', 7 as never, peer)
        await settled()
        expect(heard).to.deep.equal([7])
        for (const type of ['__proto__', 'constructor']) {
          const codec = open<Messages>({ schemas })
          expect(codec.parse(Buffer.from(codec.serialise(type, 1)))).to.deep.equal({ type, data: 1 })
        }
      })

      it('refuses what a schema would check later', async () => {
        const { server, client, peer } = await pair({ schemas: { add: z.array(z.number()).refine(async () => true) } })
        server.addHandler('add', () => 0)
        const error = (await rejectionOf(client.request('add', [1], peer))) as Error
        expect(error.message).to.equal(
          'Cannot read message of type add: data: its schema answers with a promise, and messages are checked at once',
        )
      })

      it('refuses what a schema fails at', async () => {
        const schema: StandardSchema<number[]> = {
          '~standard': {
            version: 1,
            vendor: 'spec',
            validate: () => {
              throw new RangeError('My fault')
            },
          },
        }
        const { server, client, peer } = await pair({ schemas: { add: schema } })
        server.addHandler('add', () => 0)
        const error = (await rejectionOf(client.request('add', [1], peer))) as Error
        expect(error.message).to.equal('Cannot read message of type add: data: its schema has failed: My fault')
      })

      it('says where something is wrong also where the path has objects, or there is none', () => {
        const saying = (issue: object): StandardSchema<never> => ({
          '~standard': { version: 1, vendor: 'spec', validate: () => ({ issues: [{ message: 'no', ...issue }] }) },
        })
        const errorOf = (schema: StandardSchema<never>): string | undefined => {
          const codec = open<Messages>({ schemas: { chat: schema } })
          return codec.parse(Buffer.from(codec.serialise('chat', 1))).error
        }
        expect(errorOf(saying({ path: [{ key: 'a' }, 0, 'b'] }))).to.equal(
          'Cannot read message of type chat: data.a.0.b: no',
        )
        expect(errorOf(saying({}))).to.equal('Cannot read message of type chat: data: no')
      })
    })

    const refused: readonly (readonly [options: unknown, error: string])[] = [
      [{ schema: {} }, 'Cannot use option schema: no such option (did you mean schemas?)'],
      [{ schemas: 7 }, 'Cannot use schemas: expected an object with a schema for each type, got 7'],
      [{ schemas: { add: {} } }, 'Cannot use schemas.add: expected a Standard Schema, got Object'],
      [{ answers: { add: undefined } }, 'Cannot use answers.add: expected a Standard Schema, got undefined'],
      [null, 'Cannot use options: expected an object, got null'],
    ]
    for (const [options, message] of refused) {
      it(`refuses ${JSON.stringify(options)}`, () => {
        expect(() => open(options as object)).to.throw(TypeError, message)
      })
    }
  })
}

describe('jsonCodec', () => {
  const codec = jsonCodec()

  it('writes an object that any program can read', () => {
    expect(String(codec.serialise('add', [1, 2], { request: 3 }))).to.equal('{"type":"add","data":[1,2],"request":3}')
    expect(String(codec.serialise('add', undefined, { reply: 3, error: 'no' }))).to.equal(
      '{"type":"add","reply":3,"error":"no"}',
    )
  })

  it('throws what is no message', () => {
    expect(() => codec.parse(Buffer.from('hello'))).to.throw(SyntaxError)
    expect(() => codec.parse(Buffer.from('[]'))).to.throw(
      TypeError,
      'expected a type that is a string or a number, got undefined',
    )
    expect(() => codec.parse(Buffer.from('7'))).to.throw(TypeError, 'Cannot read message: expected an object, got 7')
  })
})
