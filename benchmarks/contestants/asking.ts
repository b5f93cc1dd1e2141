import * as grpc from '@grpc/grpc-js'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { WebSocket, WebSocketServer } from 'ws'
import { jsonCodec, PeerNode } from '../../lib/index.js'
import { msgpackCodec } from '../../lib/msgpack.js'

/** What is asked, and what the answer is: it says that the question was read. */
export interface Exchange {
  question: { readonly key: string; readonly number: number }
  answer: { readonly key: string; readonly number: number; readonly text: string }
}

/** Asks, and has the answer. */
export type Ask = (question: Exchange['question']) => Promise<Exchange['answer']>

/** What carries questions and answers over TCP. */
export interface AskingContestant {
  readonly name: string
  /** Answers at a free port of the loopback interface. */
  serve(answer: (question: Exchange['question']) => Exchange['answer']): Promise<number>
  dial(port: number): Promise<Ask>
}

interface Messages {
  get: { data: Exchange['question']; answer: Exchange['answer'] }
}

const HOST = '127.0.0.1'

/** A node with a codec. */
function node(name: string, codecOf: typeof jsonCodec): AskingContestant {
  return {
    name,
    serve: async (answer) => {
      const server = new PeerNode({ codec: codecOf<Messages>() })
      server.addHandler('get', (_from, _type, question) => answer(question))
      return (await server.startServer({ port: 0, host: HOST })).port!
    },
    dial: async (port) => {
      const client = new PeerNode({ codec: codecOf<Messages>() })
      const peer = await client.connectTo({ port, host: HOST })
      return (question) => client.request('get', question, peer)
    },
  }
}

/** As it is written by hand over ws: JSON with an id, and a map of what waits. It has no deadlines. */
const webSocketJson: AskingContestant = {
  name: 'ws, JSON by hand',
  serve: async (answer) => {
    const server = new WebSocketServer({ port: 0, host: HOST, perMessageDeflate: false })
    server.on('connection', (client) => {
      client.on('message', (message: Buffer) => {
        const { id, data } = JSON.parse(message.toString()) as { id: number; data: Exchange['question'] }
        client.send(JSON.stringify({ id, data: answer(data) }))
      })
    })
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  },
  dial: async (port) => {
    const client = new WebSocket(`ws://${HOST}:${port}`, { perMessageDeflate: false })
    await once(client, 'open')
    const waiting = new Map<number, (answer: Exchange['answer']) => void>()
    client.on('message', (message: Buffer) => {
      const { id, data } = JSON.parse(message.toString()) as { id: number; data: Exchange['answer'] }
      waiting.get(id)?.(data)
      waiting.delete(id)
    })
    let last = 0
    return (data) =>
      new Promise((resolve) => {
        const id = ++last
        waiting.set(id, resolve)
        client.send(JSON.stringify({ id, data }))
      })
  },
}

const METHOD = '/benchmark.Table/Get'
const toJson = (value: object): Buffer => Buffer.from(JSON.stringify(value))
const fromJson = (bytes: Buffer): never => JSON.parse(bytes.toString()) as never

/** Unary calls. What they carry is JSON, so that only the calls are compared. */
const grpcUnary: AskingContestant = {
  name: 'grpc-js, unary',
  serve: async (answer) => {
    const server = new grpc.Server()
    const get: grpc.handleUnaryCall<Exchange['question'], Exchange['answer']> = ({ request }, reply) => {
      reply(null, answer(request))
    }
    const codec = {
      requestSerialize: toJson,
      requestDeserialize: fromJson,
      responseSerialize: toJson,
      responseDeserialize: fromJson,
    }
    server.addService({ get: { path: METHOD, requestStream: false, responseStream: false, ...codec } }, { get })
    return promisify(server.bindAsync.bind(server))(`${HOST}:0`, grpc.ServerCredentials.createInsecure())
  },
  dial: async (port) => {
    const options = { 'grpc.enable_http_proxy': 0 }
    const client = new grpc.Client(`${HOST}:${port}`, grpc.credentials.createInsecure(), options)
    return (question) =>
      new Promise((resolve, reject) => {
        client.makeUnaryRequest<Exchange['question'], Exchange['answer']>(
          METHOD,
          toJson,
          fromJson,
          question,
          (error, answer) => {
            if (answer === undefined) reject(error ?? new Error('Cannot get an answer'))
            else resolve(answer)
          },
        )
      })
  },
}

/** Those who compete with questions. */
export const asking: readonly AskingContestant[] = [
  node('request, jsonCodec', jsonCodec),
  node('request, msgpackCodec', msgpackCodec),
  webSocketJson,
  grpcUnary,
]
