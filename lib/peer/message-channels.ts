import { type Channel, channel } from 'node:diagnostics_channel'

// Here and not where they are published, since asking them costs nothing, and a call for each message would: 5 % of sending
// messages of 64 bytes.

/** Tells every message that has come. Observers are told of it only while it has subscribers. */
export const messageIn: Channel = channel('lengthwise:message-in')

/** Tells every message that is sent. Observers are told of it only while it has subscribers. */
export const messageOut: Channel = channel('lengthwise:message-out')
