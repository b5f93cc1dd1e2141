/** A message with its length in front of it, in memory of its own. */
export function frameOf(message: Uint8Array): Buffer {
  const frame = headerOf(message, 4 + message.length)
  frame.set(message, 4)
  return frame
}

/** The length of a message, in a buffer of so many bytes. */
export function headerOf(message: Uint8Array, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  bytes.writeUInt32BE(message.length)
  return bytes
}
