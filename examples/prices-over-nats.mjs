// Needs nats-server
// Prices to a thousand subscribers, each with a connection of its own: node prices-over-nats.mjs
import { connect } from '@nats-io/transport-node'
import { Topic } from 'lengthwise'
import { nats } from 'lengthwise/nats'

const servers = process.env.NATS_URL ?? '127.0.0.1:4222'
const subscribers = Number(process.env.SUBSCRIBERS ?? 1000)
const prices = 5000

/** Reads until all prices have come, or are told to be lost. */
async function subscribe(number) {
  const connection = await connect({ servers, maxReconnectAttempts: -1 })
  const topic = new Topic(nats(connection, { id: `subscriber-${number}` }), 'prices')
  let lost = 0
  topic.on('gap', (_from, pieces) => (lost += pieces))
  await topic.start()
  const reading = (async () => {
    let heard = 0
    for await (const batch of topic.readBatches()) {
      heard += batch.length
      if (String(batch.at(-1).data) === 'closed') break
    }
    await topic.close()
    await connection.close()
    return { heard: heard - 1, lost }
  })()
  return { reading }
}

const all = []
for (let i = 0; i < subscribers; i++) all.push(await subscribe(i))

const connection = await connect({ servers })
const topic = new Topic(nats(connection, { id: 'exchange' }), 'prices')
for (let i = 0; i < prices; i++) {
  if (!topic.send(Buffer.from(`EURUSD ${(1.08 + i / 1e6).toFixed(6)}`))) await topic.drained()
}
topic.send(Buffer.from('closed'))
await topic.close()
await connection.close()

const results = await Promise.all(all.map(({ reading }) => reading))
const heard = results.reduce((sum, result) => sum + result.heard, 0)
const lost = results.reduce((sum, result) => sum + result.lost, 0)
console.log(`${heard} of ${subscribers * prices} prices heard, ${lost} pieces lost`)
