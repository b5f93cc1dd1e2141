/**
 * Ready layouts of known protocols. Change one by spreading it: `{ ...protocols.bgp, maxMessageLength: 65_535 }`.
 *
 * A header that is only the length is stripped. Where other bytes stand before the length they mean something, and the
 * message is the whole frame. Messages are therefore never less than what the other side said.
 *
 * A limit is the one that the protocol states, or the one that its common software starts with; header bytes that are
 * kept are added to it. A preset without one has the library's, or what its length field can say if that is less.
 * @module
 */
export * from './protocols/databases.js'
export * from './protocols/messaging.js'
export * from './protocols/network.js'
export * from './protocols/web.js'
