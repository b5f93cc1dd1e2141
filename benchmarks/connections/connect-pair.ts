import { type Child, startChild } from '../harness/process/start-child.js'
import type { Endpoint } from '../roles/endpoint.js'

const ENDPOINT = new URL('../roles/endpoint.ts', import.meta.url)

/** Two processes with a connection of a contestant between them. */
export interface Pair {
  readonly server: Child<Endpoint>
  readonly client: Child<Endpoint>
  stop(): void
}

/** Starts both ends. @param core The only processor they may use. */
export async function connectPair(
  contestant: string,
  what: Parameters<Endpoint['serve']>[0],
  core?: number,
): Promise<Pair> {
  const [server, client] = await Promise.all([
    startChild<Endpoint>(ENDPOINT, [contestant], { core }),
    startChild<Endpoint>(ENDPOINT, [contestant], { core }),
  ])
  await client.call.dial(await server.call.serve(what))
  return {
    server,
    client,
    stop: () => {
      server.stop()
      client.stop()
    },
  }
}
