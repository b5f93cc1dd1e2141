// Drops into a protocol that exists, here DNS over TCP (RFC 1035): a length of two bytes, and a message. The server is
// written by hand, and knows one answer.
import { once } from 'node:events'
import net from 'node:net'
import { LengthPrefixDecoder, LengthPrefixEncoder, protocols } from 'lengthwise'

const server = net.createServer((socket) => {
  socket.once('data', (query) => {
    // The same question, with one answer: class IN, type A, one hour, 192.0.2.7.
    const answer = Buffer.from(`c00c 0001 0001 00000e10 0004 c0000207`.replaceAll(' ', ''), 'hex')
    const response = Buffer.concat([query, answer])
    response.writeUInt16BE(response.length - 2, 0)
    response.writeUInt16BE(0x8180, 4)
    response.writeUInt16BE(1, 8)
    // Cut where it hurts.
    socket.write(response.subarray(0, 1))
    setTimeout(() => socket.end(response.subarray(1)), 20)
  })
})
await once(server.listen(0, '127.0.0.1'), 'listening')

const socket = net.connect(server.address().port, '127.0.0.1')
const queries = new LengthPrefixEncoder(protocols.dns)
queries.pipe(socket)
queries.write(queryFor('length.example'))

for await (const response of socket.pipe(new LengthPrefixDecoder(protocols.dns))) {
  console.log(`${response.length} bytes, ${response.readUInt16BE(6)} answer: ${response.subarray(-4).join('.')}`)
}
server.close()
// → 48 bytes, 1 answer: 192.0.2.7

/** A query for the address of a name. */
function queryFor(name) {
  const labels = name.split('.').map((label) => `${String.fromCharCode(label.length)}${label}`)
  const header = Buffer.from('002a 0100 0001 0000 0000 0000'.replaceAll(' ', ''), 'hex')
  return Buffer.concat([header, Buffer.from(`${labels.join('')}\0\0\x01\0\x01`, 'latin1')])
}
