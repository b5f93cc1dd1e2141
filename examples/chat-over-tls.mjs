// A chat over TLS: who says what is known by the certificate, and what one says all others hear.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PeerNode } from 'lengthwise'

// An authority, and a certificate for everybody. In earnest, keys stay where they were made.
const folder = mkdtempSync(join(tmpdir(), 'chat-'))
process.on('exit', () => rmSync(folder, { recursive: true }))

function makeCertificate(name, ...more) {
  const [keyFile, certFile] = ['key', 'crt'].map((kind) => join(folder, `${name}.${kind}`))
  const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=${name}`.split(' ')
  const files = ['-keyout', keyFile, '-out', certFile]
  execFileSync('openssl', [...words, ...files, '-addext', `subjectAltName=DNS:${name}`, ...more], { stdio: 'pipe' })
  return { key: readFileSync(keyFile), cert: readFileSync(certFile) }
}

const { cert: ca } = makeCertificate('authority')
const signed = ['-CA', join(folder, 'authority.crt'), '-CAkey', join(folder, 'authority.key')]
const certify = (name) => ({ ca, ...makeCertificate(name, ...signed, '-addext', 'basicConstraints=CA:FALSE') })

// The room asks for certificates, and takes the names from them.
const names = new Map()
const room = new PeerNode({
  tls: { ...certify('localhost'), requestCert: true },
  goodPeer: ({ identity, certificate }) => {
    names.set(identity, certificate.subject.replace('CN=', ''))
    return true
  },
})
room.addHandler(0, (from, _type, words) => {
  room.send(Buffer.from(`${names.get(from.identity)}: ${words}`), { except: from })
})
const { port } = await room.startServer('tls://127.0.0.1:0')

async function enter(name) {
  const node = new PeerNode({ tls: certify(name) })
  const entered = once(room, 'peer')
  await node.connectTo(`tls://localhost:${port}`)
  await entered
  return { say: (words) => node.send(Buffer.from(words)), heard: node.readRaw(), leave: () => node.close() }
}

const [ada, grace] = [await enter('ada'), await enter('grace')]
ada.say('Is this line secure?')
console.log(String((await grace.heard.next()).value.data))
grace.say('It is, and I know that it is you.')
console.log(String((await ada.heard.next()).value.data))

const intruder = new PeerNode({ tls: { ca } })
intruder.connectTo(`tls://localhost:${port}`).catch(() => {})
const [, reason] = await once(intruder, 'disconnect')
console.log('refused:', reason.code.replace(/^.*ALERT_/, ''))

for (const node of [ada, grace, intruder, room]) await (node.leave?.() ?? node.close())
// → ada: Is this line secure?
// → grace: It is, and I know that it is you.
// → refused: CERTIFICATE_REQUIRED
