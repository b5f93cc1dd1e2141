import { type Child, startChild } from '../harness/process/start-child.js'
import type { Contestant } from '../contestants/contestant.js'
import { overEngines } from '../contestants/over-engines.js'
import { overTcp } from '../contestants/over-tcp.js'
import type { Endpoint } from '../roles/play-end.js'

const ENDPOINT = new URL('../roles/endpoint.ts', import.meta.url)
const ENGINE_ENDPOINT = new URL('../roles/engine-endpoint.ts', import.meta.url)

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
  const isIn = (contestants: readonly Contestant[]): boolean => contestants.some(({ name }) => name === contestant)
  const program = isIn(overEngines) && !isIn(overTcp) ? ENGINE_ENDPOINT : ENDPOINT
  const start = (): Promise<Child<Endpoint>> => startChild<Endpoint>(program, [contestant], { core })
  const [server, client] = await Promise.all([start(), start()])
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
