// A page that talks to a node. Open the address that this prints; without a visitor it ends after some seconds.
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'
import { PeerNode } from 'lengthwise'
import { webSocket } from 'lengthwise/websocket'

const PAGE = `<!doctype html>
<title>A page that talks to a node</title>
<form><input autofocus placeholder="Say something"></form>
<ul></ul>
<script type="module">
  import { connectWebSocket } from '/lengthwise/web.js'

  const { readable, writable } = await connectWebSocket('ws://' + location.host + '/peers')
  const writer = writable.getWriter()
  document.forms[0].onsubmit = (event) => {
    event.preventDefault()
    writer.write(new TextEncoder().encode(event.target[0].value))
  }
  for await (const message of readable) {
    document.querySelector('ul').append(Object.assign(document.createElement('li'), {
      textContent: new TextDecoder().decode(message),
    }))
  }
</script>`

// The modules of lengthwise that a browser needs are used as they are. A bundler would make one file of them.
const modules = new URL('.', import.meta.resolve('lengthwise/web'))
const server = createServer(({ url }, response) => {
  if (url.startsWith('/lengthwise/')) {
    const file = createReadStream(new URL(`.${url.slice('/lengthwise'.length)}`, modules))
    file.on('error', () => response.writeHead(404).end())
    file.pipe(response.setHeader('content-type', 'text/javascript'))
  } else {
    response.setHeader('content-type', 'text/html').end(PAGE)
  }
})
await once(server.listen(0, '127.0.0.1'), 'listening')
const origin = `http://127.0.0.1:${server.address().port}`

const node = new PeerNode({
  transports: [webSocket({ server })],
  bind: 'ws:/peers',
  // Any page that the browser has open could dial us: this one is let in.
  goodPeer: ({ headers }) => headers?.origin === origin,
})
await node.start()
node.addHandler(0, (from, _type, data) => void from.send(Buffer.from(`You said: ${data}`)))
console.log(`Open ${origin}`)

const nobody = setTimeout(close, 3000)
node.on('peer', () => clearTimeout(nobody))
node.on('disconnect', () => node.peers.size === 0 && close())

async function close() {
  await node.close()
  server.close()
  server.closeAllConnections()
}
// → Open http://127.0.0.1:…
