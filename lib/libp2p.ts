/** libp2p as a transport of nodes, and topics over its gossipsub; needs `libp2p` and what a host is made of. @module */
export { gossipsub, type GossipsubOptions, type PubSub, type PubSubEvent } from './engines/gossipsub.js'
export { libp2p, type Libp2pOptions } from './engines/libp2p.js'
