// A key-value server: clients ask for a value, set one, and are told when another client has changed it.
import { once } from 'node:events'
import { jsonCodec, PeerNode } from 'lengthwise'

const codec = jsonCodec()
const table = new Map()
const server = new PeerNode({
  codec,
  handlers: {
    get: (_from, _type, key) => table.get(key) ?? null,
    set: (from, _type, { key, value }) => {
      if (value === '') throw new RangeError(`Cannot set ${key}: the value is empty`)
      const before = table.get(key) ?? null
      table.set(key, value)
      server.sendMsg('changed', { key, value }, { except: from })
      return before
    },
  },
})
const connect = await server.startServer('tcp://127.0.0.1:0')

/** A client: what it calls by name is answered by the server. */
async function open() {
  const node = new PeerNode({ codec })
  const hub = await node.connectTo(connect)
  return {
    node,
    get: (key) => node.request('get', key, hub),
    set: (key, value) => node.request('set', { key, value }, hub, { timeoutMs: 5000 }),
  }
}

const [ada, grace] = await Promise.all([open(), open()])
const told = new Promise((resolve) => grace.node.addHandler('changed', (_from, _type, change) => resolve(change)))

console.log(await ada.get('colour'), await ada.set('colour', 'red'), await ada.get('colour'))
console.log('Grace is told:', JSON.stringify(await told))
console.log(...(await Promise.all([grace.set('colour', 'blue'), grace.get('colour'), grace.get('size')])))
await grace.set('size', '').catch((error) => console.log(`${error.code}: ${error.message}`))

const left = once(ada.node, 'disconnect')
await server.close()
await left
await ada.get('colour').catch((error) => console.log(error.code))
await Promise.all([ada.node.close(), grace.node.close()])
// → null null red
// → Grace is told: {"key":"colour","value":"red"}
// → red blue null
// → ERR_REQUEST_FAILED: Cannot set size: the value is empty
// → ERR_PEER_GONE
