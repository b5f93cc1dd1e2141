/** What a receiver does with a message; what it answers with goes back to where the message came from. */
export type OnMessage = (message: Uint8Array) => Uint8Array | undefined

/** What carries messages over TCP. */
export interface Contestant {
  readonly name: string
  /** Listens at a free port of the loopback interface. */
  readonly serve: (onMessage: OnMessage) => Promise<Server>
  readonly dial: (port: number, onMessage: OnMessage) => Promise<Link>
}

/** A way to send. `false` means: wait until it has drained. */
export interface Outlet {
  send(message: Buffer): boolean
  drained(): Promise<unknown>
}

/** One end of a connection. */
export interface Link extends Outlet {
  close(): unknown
}

/** Sends to all who are connected. */
export interface Server extends Outlet {
  readonly port: number
  close(): unknown
}
