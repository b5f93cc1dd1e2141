/** WebSocket as a transport of nodes; needs the package `ws`. @module */
export { webSocket, type WebSocketOptions } from './engines/web-socket.js'
