import { checkOptions, nameOf } from '../arguments.js'
import type { MessageType, Parsed } from './codec.js'
import type { AnswerOf, DataOf, TypeOf } from './messages.js'
import type { StandardIssue, StandardResult, StandardSchema } from './standard-schema.js'

/**
 * Which messages a codec takes. A type without a schema is taken as it comes: its data is what the peer says it is. What a
 * schema makes of the data, such as a default, is what handlers get. A schema must answer at once, and not with a promise.
 */
export interface SchemaOptions<Messages> {
  /** Check the data of messages that come, by their type. @default nothing is checked */
  readonly schemas?: { readonly [Type in TypeOf<Messages>]?: StandardSchema<DataOf<Messages, Type>> } | undefined
  /** Check the answers that come, by the type of their question. @default nothing is checked */
  readonly answers?: { readonly [Type in TypeOf<Messages>]?: StandardSchema<AnswerOf<Messages, Type>> } | undefined
}

/** Schemas by type. A Map, since peers choose the types. */
type Schemas = ReadonlyMap<string, StandardSchema>

/** Checks what was read against the schema of its type. */
export class Checks {
  readonly #data: Schemas
  readonly #answers: Schemas

  /** @throws {TypeError} If an option is none, or a schema is no Standard Schema. */
  constructor(options: SchemaOptions<never>) {
    checkOptions(options, ['schemas', 'answers'])
    this.#data = schemasOf('schemas', options.schemas)
    this.#answers = schemasOf('answers', options.answers)
  }

  /** What was read, as its schema makes it; with an `error` that names the type and the path, if it does not fit. */
  check(parsed: Parsed<unknown>): Parsed<unknown> {
    const isAnswer = parsed.reply !== undefined
    if (parsed.error !== undefined) return parsed
    const schema = (isAnswer ? this.#answers : this.#data).get(String(parsed.type))
    if (schema === undefined) return parsed
    const result = resultOf(schema, parsed.data)
    if (result.issues === undefined) return { ...parsed, data: result.value }
    const [issue] = result.issues
    return refused(parsed, issue === undefined ? 'it does not fit' : `${pathOf(issue, isAnswer)}: ${issue.message}`)
  }
}

// A schema that cannot say anything refuses, so that a request is told.
function resultOf(schema: StandardSchema, data: unknown): StandardResult<unknown> {
  try {
    const result = schema['~standard'].validate(data)
    if (!('then' in result)) return result
    // Whatever it would have said.
    result.then(undefined, () => undefined)
    return { issues: [{ message: 'its schema answers with a promise, and messages are checked at once' }] }
  } catch (error) {
    return { issues: [{ message: `its schema has failed: ${error instanceof Error ? error.message : nameOf(error)}` }] }
  }
}

function schemasOf(option: string, schemas: object = {}): Schemas {
  if (typeof schemas !== 'object' || (schemas as unknown) === null) {
    throw new TypeError(`Cannot use ${option}: expected an object with a schema for each type, got ${nameOf(schemas)}`)
  }
  const entries = Object.entries(schemas) as [string, StandardSchema][]
  for (const [type, schema] of entries) {
    const standard = (schema as Partial<StandardSchema> | undefined)?.['~standard']
    if (standard?.version !== 1 || typeof standard.validate !== 'function') {
      throw new TypeError(`Cannot use ${option}.${type}: expected a Standard Schema, got ${nameOf(schema)}`)
    }
  }
  return new Map(entries)
}

function refused(parsed: Parsed<unknown>, why: string): Parsed<unknown> {
  const what = parsed.reply === undefined ? 'message' : 'answer'
  return { ...parsed, data: undefined, error: `Cannot read ${what} of type ${typeIn(parsed.type)}: ${why}` }
}

function typeIn(type: MessageType): string {
  return String(type).slice(0, 40)
}

/** Where something is wrong: `data.0.name`. */
function pathOf({ path = [] }: StandardIssue, isAnswer: boolean): string {
  const keys = path.map((segment) => String(typeof segment === 'object' ? segment.key : segment))
  return [isAnswer ? 'answer' : 'data', ...keys].join('.')
}
