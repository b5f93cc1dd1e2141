import { byForAwait, overTcp } from '../contestants/over-tcp.js'
import { receivers } from '../contestants/receivers.js'
import { senders } from '../contestants/senders.js'
import { playEnd } from './play-end.js'

playEnd([...overTcp, ...byForAwait, ...senders, ...receivers])
