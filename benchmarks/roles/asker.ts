import { type Ask, asking, type Exchange } from '../contestants/asking.js'
import { expose } from '../harness/process/expose.js'

// One end of a contestant that asks and answers, in a process of its own. The name of the contestant is the argument.

const contestant = asking.find(({ name }) => name === process.argv[2])!
let ask: Ask | undefined

const answerTo = ({ key, number }: Exchange['question']): Exchange['answer'] => ({
  key,
  number,
  text: `${key} is ${number}`,
})

const functions = {
  /** Answers questions; answers with the port. */
  serve: (): Promise<number> => contestant.serve(answerTo),

  async dial(port: number): Promise<void> {
    ask = await contestant.dial(port)
  },

  /** Asks so many questions, `atOnce` of them at any time; the time that takes, in milliseconds. Every answer is compared. */
  async ask(count: number, atOnce: number): Promise<number> {
    let asked = 0
    const startMs = performance.now()
    const askOn = async (): Promise<void> => {
      while (asked < count) {
        const number = asked++
        const question = { key: `key ${number % 100}`, number }
        const { key, text, number: said } = await ask!(question)
        if (key !== question.key || said !== number || text !== `${key} is ${number}`) {
          throw new Error(`Question ${number} was answered with ${text}`)
        }
      }
    }
    await Promise.all(Array.from({ length: atOnce }, askOn))
    return performance.now() - startMs
  },
}

export type Asker = typeof functions

expose(functions)
