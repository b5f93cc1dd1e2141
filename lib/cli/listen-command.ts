import { Argument, type Command } from 'commander'
import { PeerSession, type SessionFlags } from './peer-session.js'
import { addSessionOptions } from './session-options.js'
import type { Terminal } from './terminal.js'

/** Adds `listen` to the program: it listens, and talks to all who connect until it is interrupted. */
export function addListenCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('listen')
    .summary('wait for peers and talk to them')
    .description('Sends each line typed to all peers, once there are any, and prints each message behind its sender.')
    .addArgument(new Argument('[endpoint]', 'where to listen').default('0', 'a free port'))
    .action(async (bind: string, flags: SessionFlags) => {
      const session = new PeerSession(terminal, flags, { bind })
      await session.run(() => session.listen())
    })
  addSessionOptions(command)
}
