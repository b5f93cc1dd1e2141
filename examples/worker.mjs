// A worker that finds its hub again: it is dialled until it is there, and again whenever it was lost.
import { PeerNode } from 'lengthwise'

const worker = new PeerNode({ connect: 'memory:hub', reconnect: { minMs: 10, maxMs: 1000 } })
worker.on('peer', () => console.log('the worker has found its hub'))
worker.on('disconnect', () => console.log('the worker has lost its hub'))
worker.addHandler(0, (from, _type, task) => {
  from.send(Buffer.from(`${task} is done`))
})

// There is no hub yet. start() resolves when the worker has found it; a signal would end the attempts.
const started = worker.start()

for (const day of ['Monday', 'Tuesday']) {
  const hub = new PeerNode()
  hub.on('peer', (peer) => peer.send(Buffer.from(`the work of ${day}`)))
  await hub.startServer('memory:hub')
  const { value } = await hub.readRaw().next()
  console.log(String(value.data))
  // The worker has not closed the connection itself, so it dials again.
  await hub.close()
}
await started
await worker.close()
// → the worker has found its hub
// → the work of Monday is done
// → the worker has lost its hub
// → the worker has found its hub
// → the work of Tuesday is done
// → the worker has lost its hub
