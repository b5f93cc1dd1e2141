import type { Command } from 'commander'
import { PeerSession, type SessionFlags } from './peer-session.js'
import { addSessionOptions } from './session-options.js'
import type { Terminal } from './terminal.js'

interface ConnectFlags extends SessionFlags {
  /** Whether connections stay open when there is nothing more to send. */
  readonly keepOpen?: boolean
}

/** Adds `connect` to the program: it dials all endpoints, and talks to them until they have gone. */
export function addConnectCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('connect')
    .summary('call peers and talk to them')
    .description(
      'Sends each line typed to all peers, and prints each message behind its sender. The end of the input is told to ' +
        'the peers; what they still say is printed until they end too. A peer that ends first is sent what is on its way, ' +
        'and has left. Messages that were not sent are counted on stderr.',
    )
    .argument('<endpoint...>', 'where the peers listen')
    .option('--keep-open', 'do not tell peers the end of the input: stay until they end')
    .action((endpoints: readonly string[], flags: ConnectFlags) => connect(terminal, endpoints, flags))
  addSessionOptions(command)
}

async function connect(terminal: Terminal, endpoints: readonly string[], flags: ConnectFlags): Promise<void> {
  const session = new PeerSession(terminal, flags, { connect: endpoints })
  await session.run(
    async () => {
      await session.connect()
      session.endWhenAlone()
    },
    () => {
      if (flags.keepOpen !== true) for (const peer of session.peers) peer.end()
    },
  )
}
