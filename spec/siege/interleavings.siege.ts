import { expect } from 'chai'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Endpoint, tcp, type Transport } from '../../lib/index.js'
import { readByData } from '../support/by-data.js'
import { Authority } from '../support/certificates.js'
import { counterparts, describeWith } from '../support/counterparts.js'
import { anyProgram, faultsOf, type Program } from '../support/interleavings.js'
import { check } from '../support/property.js'

// More with ROUNDS in the environment: 100,000 take some minutes.
const ROUNDS = Number(process.env['ROUNDS'] ?? 1000)

describe(`law 9, whatever ${ROUNDS} programs do and in whatever order`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-'))
  let count = 0

  after(() => rmSync(folder, { recursive: true }))

  const places: Readonly<Record<string, readonly [place: () => Endpoint, transports?: readonly Transport[]]>> = {
    memory: [() => 'memory:'],
    TCP: [() => ({ port: 0 })],
    "TCP, read by 'data'": [() => ({ port: 0 }), [readByData(tcp)]],
    'Unix sockets': [() => ({ path: path.join(folder, `${++count}.sock`) })],
  }
  for (const [name, [place, transports]] of Object.entries(places)) {
    it(`over ${name}`, async function () {
      this.timeout(0)
      const obey = async (program: Program): Promise<void> => {
        expect(await faultsOf(program, place, { transports })).to.deep.equal([])
      }
      await check(anyProgram, obey, ROUNDS)
    })
  }

  describeWith(counterparts.openssl, 'over TLS', (openssl) => {
    const authority = new Authority(openssl)
    const { cert, key } = authority.issue('localhost')
    const tls = { cert, key, ca: authority.own.cert, requestCert: true }

    it('too, both sides with a certificate', async function () {
      this.timeout(0)
      const obey = async (program: Program): Promise<void> => {
        expect(await faultsOf(program, () => ({ port: 0, tls: true }), { tls })).to.deep.equal([])
      }
      await check(anyProgram, obey, ROUNDS)
    })
  })
})
