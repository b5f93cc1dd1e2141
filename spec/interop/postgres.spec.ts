import { expect } from 'chai'
import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chownSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { encodeFrame, LengthPrefixDecoder, LengthPrefixEncoder, type LongMessage, protocols } from '../../lib/index.js'
import { hex, toHex } from '../support/bytes.js'
import { counterparts, describeWith } from '../support/counterparts.js'
import { freePort, type ProcessOwner, ServerProcess } from '../support/server-process.js'

const SSL_REQUEST = hex('04d2 162f')
const PROTOCOL_3 = hex('0003 0000')

/** A message for `protocols.postgres`, which fills in the four bytes of length. */
function messageOf(type: string, ...contents: (string | Uint8Array)[]): Buffer {
  return Buffer.concat([Buffer.from(`${type}\0\0\0\0`), ...contents.map((part) => Buffer.from(part))])
}

function typeOf(message: Uint8Array): string {
  return String.fromCharCode(message[0]!)
}

/** The message in front of all others: no type byte. */
function startUp(parameters: Record<string, string>): Buffer {
  const text = Object.entries(parameters).flatMap(([name, value]) => [name, '\0', value, '\0'])
  return Buffer.concat([PROTOCOL_3, Buffer.from(`${text.join('')}\0`)])
}

/** The fields of a DataRow; `null` has no bytes. */
function fieldsOf(row: Buffer): (string | null)[] {
  let at = 7
  return Array.from({ length: row.readInt16BE(5) }, () => {
    const length = row.readInt32BE(at)
    const start = at + 4
    at = start + Math.max(length, 0)
    return length < 0 ? null : row.toString('utf8', start, at)
  })
}

/** Logs in at a server, and reads nothing yet. */
function logIn(port: number): net.Socket {
  const socket = net.connect(port, '127.0.0.1')
  socket.write(encodeFrame(startUp({ user: 'postgres', database: 'postgres' }), protocols.postgresStartup))
  return socket
}

/** Says one thing after the other to a server, each when it is ready, and returns all that it says. */
async function talk(port: number, says: readonly Buffer[]): Promise<Buffer[]> {
  const socket = logIn(port)
  const heard: Buffer[] = []
  const waiting = [...says, messageOf('X')]
  for await (const message of socket.pipe(new LengthPrefixDecoder({ ...protocols.postgres }))) {
    heard.push(message)
    if (typeOf(message) === 'Z') socket.write(encodeFrame(waiting.shift()!, protocols.postgres))
  }
  return heard
}

/** Types of messages, with how often each came in a row: `R S13 K Z`. */
function summaryOf(messages: readonly Uint8Array[]): string {
  const types = messages.map(typeOf).join('')
  return [...types.matchAll(/(.)\1*/g)].map(([run, type]) => (run.length > 1 ? `${type}${run.length}` : type)).join(' ')
}

// The server refuses to be run by root.
function ownerOf(folder: string): ProcessOwner | undefined {
  if (process.getuid?.() !== 0) return undefined
  const [uid, gid] = ['-u', '-g'].map((option) => Number(execFileSync('id', [option, 'postgres'])))
  chownSync(folder, uid!, gid!)
  return { uid: uid!, gid: gid! }
}

/** A server that knows one table of one column. */
async function serve(socket: net.Socket, rows: readonly string[]): Promise<string[]> {
  const queries: string[] = []
  const startUps = socket.pipe(new LengthPrefixDecoder({ ...protocols.postgresStartup }))
  for await (const message of startUps) {
    if (message.equals(SSL_REQUEST)) {
      // A byte without a length: no.
      socket.write('N')
      continue
    }
    expect(toHex(message.subarray(0, 4))).to.equal(toHex(PROTOCOL_3))
    // From here on messages have a type byte.
    socket.unpipe(startUps)
    socket.unshift(startUps.detach())
  }

  const answers = new LengthPrefixEncoder(protocols.postgres)
  answers.pipe(socket)
  const ready = messageOf('Z', 'I')
  answers.write(messageOf('R', '\0\0\0\0'))
  answers.write(ready)
  for await (const message of socket.pipe(new LengthPrefixDecoder({ ...protocols.postgres }))) {
    if (typeOf(message) !== 'Q') continue
    queries.push(message.toString('utf8', 5, message.length - 1))
    // One column of text: no table, no attribute, type 25 of any size.
    answers.write(messageOf('T', '\0\x01text\0', hex('00000000 0000 00000019 ffff ffffffff 0000')))
    for (const row of rows) answers.write(messageOf('D', '\0\x01', lengthOf(row), row))
    answers.write(messageOf('C', `SELECT ${rows.length}\0`))
    answers.write(ready)
  }
  answers.end()
  return queries
}

function lengthOf(text: string): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(Buffer.byteLength(text))
  return length
}

describeWith(counterparts.postgres, 'PostgreSQL', (path) => {
  const programs = dirname(realpathSync(path))
  let folder: string
  let server: ServerProcess | undefined
  let port: number

  before(async function () {
    this.timeout(60_000)
    folder = mkdtempSync(join(tmpdir(), 'lengthwise-'))
    const owner = ownerOf(folder)
    const data = join(folder, 'data')
    const init = ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync']
    execFileSync(join(programs, 'initdb'), init, { ...owner, cwd: folder, stdio: 'pipe' })
    port = await freePort()
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off']
    const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])]
    server = new ServerProcess(path, args, owner)
    await server.says('ready to accept connections')
  })

  after(async () => {
    await server?.stop('SIGINT')
    rmSync(folder, { recursive: true, force: true })
  })

  it('answers a query with 100,000 rows, each of which is a message', async () => {
    const query = `SELECT i, repeat('é', i % 100), NULL, '' FROM generate_series(1, 100000) AS i`
    const messages = await talk(port, [messageOf('Q', query, '\0')])

    expect(summaryOf(messages)).to.match(/^R S\d+ K Z T D100000 C Z$/)
    const rows = messages.filter((message) => typeOf(message) === 'D').map((row) => JSON.stringify(fieldsOf(row)))
    const wrong = rows.findIndex((row, i) => row !== JSON.stringify([`${i + 1}`, 'é'.repeat((i + 1) % 100), null, '']))
    expect(rows[wrong]).to.equal(undefined)
    expect(messages.at(-2)?.toString('latin1')).to.equal('C\0\0\0\x12SELECT 100000\0')
  })

  it('takes 100,000 messages from an encoder, and counts them', async () => {
    const socket = logIn(port)
    const messages = socket.pipe(new LengthPrefixDecoder({ ...protocols.postgres }))
    await pipeline(
      function* () {
        yield messageOf('Q', 'CREATE TEMP TABLE numbers (number integer, text text)\0')
        yield messageOf('Q', 'COPY numbers FROM STDIN\0')
        for (let i = 1; i <= 100_000; i++) yield messageOf('d', `${i}\t${'x'.repeat(i % 300)}\n`)
        yield messageOf('c')
        yield messageOf('Q', 'SELECT count(*), sum(number), sum(length(text)) FROM numbers\0')
        yield messageOf('X')
      },
      new LengthPrefixEncoder(protocols.postgres),
      socket,
    )

    const heard = (await messages.toArray()) as Buffer[]
    expect(summaryOf(heard)).to.match(/^R S\d+ K Z C Z G C Z T D C Z$/)
    const row = heard.find((message) => typeOf(message) === 'D')
    expect(fieldsOf(row!)).to.deep.equal(['100000', '5000050000', '14940100'])
  })

  it('gives a value of 32 MB in pieces, among the messages', async () => {
    const queries = [
      `CREATE TEMP TABLE long AS SELECT string_agg(md5(i::text), '') AS text FROM generate_series(1, 1000000) AS i`,
      'SELECT text FROM long',
      'SELECT md5(text) FROM long',
    ]
    const socket = logIn(port)
    for (const query of queries) socket.write(encodeFrame(messageOf('Q', query, '\0'), protocols.postgres))
    socket.write(encodeFrame(messageOf('X'), protocols.postgres))

    const layout = { ...protocols.postgres, maxMessageLength: 2 ** 30, streamAbove: 65_536 }
    const md5 = createHash('md5')
    const messages: Buffer[] = []
    const lengths: number[] = []
    for await (const message of socket.pipe(new LengthPrefixDecoder<Buffer | LongMessage>(layout))) {
      if (Buffer.isBuffer(message)) {
        messages.push(message)
        continue
      }
      messages.push(message.header)
      lengths.push(message.length)
      // In front of the value: header, number of columns, length of the value.
      let skipped = 5 + 2 + 4
      for await (const piece of message as AsyncIterable<Buffer>) {
        md5.update(piece.subarray(skipped))
        skipped = Math.max(0, skipped - piece.length)
      }
    }

    expect(summaryOf(messages)).to.match(/^R S\d+ K Z C Z T D C Z T D C Z$/)
    expect(lengths).to.deep.equal([5 + 2 + 4 + 32_000_000])
    expect(fieldsOf(messages.at(-3)!)).to.deep.equal([md5.digest('hex')])
  })

  it('says what is wrong as a message', async () => {
    const messages = await talk(port, [messageOf('Q', 'SELECT nonsense\0'), messageOf('Q', '\0')])
    expect(summaryOf(messages)).to.match(/^R S\d+ K Z E Z I Z$/)
    expect(String(messages.find((message) => typeOf(message) === 'E'))).to.include('"nonsense" does not exist')
  })

  it('has a client that understands a server, which changes the layout behind the start-up message', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `row ${i} ${'ü'.repeat(i % 50)}`)
    const listener = net.createServer().listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const served = once(listener, 'connection').then(async ([socket]) => serve(socket as net.Socket, rows))
    const { port } = listener.address() as net.AddressInfo
    const uri = `postgres://anybody@127.0.0.1:${port}/anything?sslmode=prefer`
    const options = ['--no-psqlrc', '--tuples-only', '--no-align', '--command', 'TABLE things', uri]
    const psql = await promisify(execFile)(join(programs, 'psql'), options, {
      env: { ...process.env, PGCLIENTENCODING: 'UTF8' },
      maxBuffer: Infinity,
    })
    listener.close()
    expect(await served).to.deep.equal(['TABLE things'])
    expect(psql.stdout.trimEnd().split('\n')).to.deep.equal(rows)
  })
})
