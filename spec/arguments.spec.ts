import { expect } from 'chai'
import { runInNewContext } from 'node:vm'
import {
  assertBytes,
  checkBoolean,
  checkFunction,
  checkInteger,
  checkNumber,
  checkOptions,
  isBytes,
  isIterable,
  nameOf,
} from '../lib/arguments.js'

describe('nameOf', () => {
  const names: readonly (readonly [value: unknown, name: string])[] = [
    [undefined, 'undefined'],
    [null, 'null'],
    [5, '5'],
    [5n, '5n'],
    [true, 'true'],
    ['abc', 'string "abc"'],
    ['x'.repeat(100), `string "${'x'.repeat(40)}"`],
    [Symbol('s'), 'Symbol(s)'],
    [nameOf, 'function'],
    [new Date(0), 'Date'],
    [Buffer.alloc(1), 'Buffer'],
    [Object.create(null), 'object'],
  ]
  for (const [value, name] of names) {
    it(`names ${name}`, () => {
      expect(nameOf(value)).to.equal(name)
    })
  }
})

describe('isBytes', () => {
  it('takes every Uint8Array, of whatever class and realm', () => {
    class Own extends Uint8Array {}
    for (const bytes of [new Uint8Array(1), Buffer.alloc(1), new Own(1), runInNewContext('new Uint8Array(1)')])
      expect(isBytes(bytes)).to.equal(true)
  })

  it('takes nothing else, however it calls itself', () => {
    const others = [undefined, null, 'bytes', [1], new ArrayBuffer(1), new DataView(new ArrayBuffer(1))]
    const imitations = [{ [Symbol.toStringTag]: 'Uint8Array' }, { length: 1, buffer: new ArrayBuffer(1) }]
    for (const value of [...others, ...imitations, new Uint16Array(1), runInNewContext('new Int8Array(1)')])
      expect(isBytes(value), nameOf(value)).to.equal(false)
  })

  it('is what assertBytes asks', () => {
    assertBytes(runInNewContext('new Uint8Array(1)'), 'append chunk')
    expect(() => assertBytes(null, 'append chunk')).to.throw(
      TypeError,
      'Cannot append chunk: expected a Uint8Array, got null',
    )
  })
})

describe('checks of options', () => {
  it('say what was expected, and what came', () => {
    expect(() => checkInteger('size', '1', 1)).to.throw(TypeError, 'Cannot use size: expected a number, got string "1"')
    expect(() => checkInteger('size', 0, 1)).to.throw(RangeError, 'expected an integer of at least 1, got 0')
    expect(() => checkInteger('size', 9, 1, 8)).to.throw(RangeError, 'expected an integer from 1 to 8, got 9')
    expect(() => checkInteger('size', 0.5)).to.throw(RangeError, 'expected an integer, got 0.5')
    expect(() => checkInteger('size', 2 ** 53)).to.throw(RangeError)
    expect(() => checkNumber('limit', NaN, 1, Infinity)).to.throw(
      RangeError,
      'expected a number of at least 1, got NaN',
    )
    expect(() => checkNumber('limit', 0.5, 1, 2)).to.throw(RangeError, 'expected a number from 1 to 2, got 0.5')
    expect(() => checkNumber('limit', undefined, 1, 2)).to.throw(TypeError, 'got undefined')
    expect(() => checkBoolean('copy', 1)).to.throw(TypeError, 'Cannot use copy: expected a boolean, got 1')
    expect(() => checkFunction('goodPeer', {})).to.throw(
      TypeError,
      'Cannot use goodPeer: expected a function, got Object',
    )
  })

  it('are silent about what is right', () => {
    for (const value of [-1, 0, Number.MAX_SAFE_INTEGER]) checkInteger('size', value)
    checkInteger('size', 8, 1, 8)
    for (const value of [1, 1.5, Infinity]) checkNumber('limit', value, 1, Infinity)
    checkBoolean('copy', false)
    checkFunction('goodPeer', () => true)
  })
})

describe('checkOptions', () => {
  const known = ['lengthField', 'lengthFieldOffset', 'lengthAdjustment', 'maxMessageLength', 'copy']

  it('refuses what is no object', () => {
    for (const options of [null, undefined, 7, 'copy', true, () => ({})])
      expect(() => checkOptions(options, known)).to.throw(TypeError, `expected an object, got ${nameOf(options)}`)
  })

  it('refuses an unknown name, with the nearest that is known', () => {
    const nearest = {
      lengthFieldLength: 'lengthField',
      maxFrameLength: 'maxMessageLength',
      maxmessagelength: 'maxMessageLength',
      lengthAdjustement: 'lengthAdjustment',
      copyy: 'copy',
    }
    for (const [unknown, name] of Object.entries(nearest)) {
      expect(() => checkOptions({ copy: true, [unknown]: undefined }, known)).to.throw(
        TypeError,
        `Cannot use option ${unknown}: no such option (did you mean ${name}?)`,
      )
    }
  })

  it('makes no guess where nothing is near', () => {
    for (const unknown of ['foo', 'highWaterMark', 'x'])
      expect(() => checkOptions({ [unknown]: 1 }, known)).to.throw(TypeError, /no such option$/)
  })

  it('takes known names, with whatever value', () => {
    checkOptions({}, known)
    checkOptions({ copy: undefined, lengthField: 5 }, known)
  })
})

describe('isIterable', () => {
  it('asks for the method that a loop would call first', () => {
    const empty = { [Symbol.iterator]: () => [][Symbol.iterator]() }
    expect([[], new Map(), empty].map(isIterable)).to.deep.equal([true, true, true])
    const wrong = [{}, { [Symbol.iterator]: 5 }, Object.assign([], { [Symbol.asyncIterator]: 5 })]
    expect(wrong.map(isIterable)).to.deep.equal([false, false, false])
  })
})
