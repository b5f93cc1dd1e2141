/** Streams of the web platform: need nothing of Node. @module */
export { connectWebSocket } from './web/connect-web-socket.js'
export type { MessageStreams, WebSocketConnectOptions } from './web/connect-web-socket.js'
export { LengthPrefixDecoderStream } from './web/length-prefix-decoder-stream.js'
export { LengthPrefixEncoderStream } from './web/length-prefix-encoder-stream.js'
