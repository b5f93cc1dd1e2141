/** libp2p as a transport of nodes; needs `libp2p` and what its host is made of. @module */
export { libp2p, type Libp2pOptions } from './engines/libp2p.js'
