import { expect } from 'chai'
import { choice } from '../../lib/cli/choice.js'

describe('choice', () => {
  const read = choice({ postgres: 1, postgresStartup: 2, http2: 3 })

  it('knows a name, with hyphens and without capitals too', () => {
    for (const text of ['postgresStartup', 'postgres-startup', 'POSTGRES_STARTUP', 'postgresstartup']) {
      expect(read(text), text).to.equal(2)
    }
  })

  const guesses = {
    postgrs: 'postgres',
    postgresql: 'postgres',
    postgresS: 'postgresStartup',
    http: 'http2',
    htp2: 'http2',
  }
  for (const [text, name] of Object.entries(guesses)) {
    it(`asks whether ${text} means ${name}`, () => {
      expect(() => read(text)).to.throw(`Expected one of postgres, postgresStartup, http2 (Did you mean ${name}?)`)
    })
  }

  for (const text of ['', 'x', 'mysql', '-']) {
    it(`has no guess at ${JSON.stringify(text)}`, () => {
      expect(() => read(text)).to.throw(/^Expected one of postgres, postgresStartup, http2$/)
    })
  }
})
