/** Topics over NATS. Needs `@nats-io/transport-node`; {@link jetStream} needs `@nats-io/jetstream` too. @module */
export { jetStream } from './engines/nats-jet-stream.js'
export type { JetStreamOptions } from './engines/nats-jet-stream.js'
export { nats } from './engines/nats.js'
export type { NatsOptions } from './engines/nats.js'
