/** What needs nothing of Node: `lengthwise`, as bundlers for browsers resolve it. @module */
export * from './frame.js'
export * from './iterables.js'
export * from './web.js'
