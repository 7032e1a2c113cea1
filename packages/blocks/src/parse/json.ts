import { Block, ConfigError, registerBlock, Type, type BlockContext, type BlockServices } from '@dgt/core';
import { compileJsonSchema, readJson, type JsonReading, type JsonSchemaCheck } from '@dgt/llm/structured';
import { readText } from './read-text.js';

const jsonConfig = {
  /** What the value must fit: a JSON Schema of draft 7, 2019-09 or 2020-12. */
  schema: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
};

/**
 * Reads the JSON in a text of a model: within a Markdown fence, between sentences, with broken syntax mended.
 *
 * @throws Error for a schema that cannot be used.
 */
export function parseJson(text: string, options: { readonly schema?: object } = {}): JsonReading {
  return readJson(text, options.schema === undefined ? {} : { check: compileJsonSchema(options.schema) });
}

/**
 * Turns the text in the field `input` into the JSON value that it holds, as the field `parsed`. A row whose text holds none, or
 * none that fits the schema, is rejected with the reason.
 *
 * ```ts
 * await new JsonParser().run([{ input: 'Sure: {"answer": "Lima"}' }]).toArray(); // parsed: { answer: 'Lima' }
 * ```
 *
 * @throws {@link ConfigError} DGT_BLOCK_CONFIG for a schema that cannot be used; DGT_BLOCK_FIELD_TYPE for a field that holds
 *   no text.
 */
@registerBlock('parse_json')
export class JsonParser extends Block.of({
  config: jsonConfig,
  input: { input: Type.String() },
  output: { parsed: Type.Unknown() },
}) {
  readonly #check: JsonSchemaCheck | undefined;

  constructor(config: { readonly schema?: object; readonly [key: string]: unknown } = {}, services?: BlockServices) {
    super(config as never, services);
    const { schema } = this.config;
    if (schema === undefined) return;
    try {
      this.#check = compileJsonSchema(schema);
    } catch (error) {
      const problems = `schema: ${(error as Error).message}`;
      throw new ConfigError('DGT_BLOCK_CONFIG', { block: this.name, problems }, { cause: error });
    }
  }

  override process({ input }: { input: unknown }, { lane, row }: BlockContext): { parsed: unknown }[] {
    const reading = readJson(readText(input, this.name), this.#check && { check: this.#check });
    if (!('fault' in reading)) return [{ parsed: reading.value }];
    lane.reject({ block: this.name, reason: reading.problem, sample: row });
    return [];
  }
}
