import type * as node from 'node:stream'
import * as readableStream from 'readable-stream'

// Declared here, so that the types of this package name node:stream, which users' tools know, and no other.

/** readable-stream's Readable. */
export const Readable: typeof node.Readable = readableStream.Readable

/** readable-stream's Transform. */
export const Transform: typeof node.Transform = readableStream.Transform

/** readable-stream's `finished`, which its streams need. */
export const finished: typeof node.finished = readableStream.finished
