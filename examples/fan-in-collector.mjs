// A fan-in: many senders report what they measure, and one collector reads it in batches and adds it up.
import { PeerNode } from 'lengthwise'

const SENDERS = 50
const READINGS = 2000

const collector = new PeerNode()
const address = await collector.startServer('tcp://127.0.0.1:0')

/** Reports readings as fast as the collector takes them. */
async function report(value) {
  const sender = new PeerNode()
  const peer = await sender.connectTo(address)
  const reading = Buffer.alloc(8)
  reading.writeDoubleBE(value)
  for (let i = 0; i < READINGS; i++) {
    // The collector is not read on while its messages wait; then enough waits here, and this sender waits too.
    if (!sender.send(reading, peer) && !(await sender.drained(peer))) throw new Error('the collector has left')
  }
  // Sends what waits.
  await sender.close()
}

const reports = Promise.all(Array.from({ length: SENDERS }, (_, i) => report(i / 2)))

let count = 0
let sum = 0
const senders = new Set()
for await (const batch of collector.readRawBatches()) {
  for (const { data, from } of batch) {
    senders.add(from)
    sum += data.readDoubleBE()
    count++
  }
  if (count === SENDERS * READINGS) break
}
await reports
const { messagesIn, dropped } = collector.stats()
console.log(`${count} readings of ${senders.size} senders, on average ${sum / count}`)
console.log(`came: ${messagesIn}, lost: ${dropped}`)
await collector.close()
// → 100000 readings of 50 senders, on average 12.25
// → came: 100000, lost: 0
