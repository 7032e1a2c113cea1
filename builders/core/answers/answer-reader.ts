import { ConfigError, type AnswerFormat } from '@dgt/core';
import type { AnswerSpec } from './answer-fields.js';
import {
  createExtractor,
  createJsonExtractor,
  type ExtractContext,
  type Extractor,
  type ExtractorOptions,
  type Finding,
} from './extractor.js';

/** Makes a value of each answer of one step. */
export class AnswerReader {
  /** The shape that the model is asked for. */
  readonly responseFormat: AnswerFormat | undefined;
  /** The schema of the value, or of each of its items; undefined if it has none. */
  readonly schema: Readonly<Record<string, unknown>> | undefined;
  readonly #spec: AnswerSpec;
  readonly #extractor: Extractor | undefined;
  readonly #json: Extractor | undefined;
  /** The list that is the value stands in an object, since not every server takes a list at the top. */
  readonly #isWrapped: boolean;

  /**
   * @param options.isList the value is a list, and the schema is that of its items.
   * @throws {@link ConfigError} DGT_CONFIG_INVALID, DGT_FILE_UNREADABLE
   */
  constructor(spec: AnswerSpec, { isList = false, ...options }: ExtractorOptions & { readonly isList?: boolean }) {
    const { type, extract } = spec;
    this.#spec = spec;
    this.schema = readSchema(spec, options);
    if (type === 'data_point' && this.schema?.['properties'] === undefined) {
      const problems = 'type data_point needs a schema with properties: they become columns';
      throw new ConfigError('DGT_CONFIG_INVALID', { problems, path: options.path });
    }
    if (type === 'str' && this.schema !== undefined) {
      const problems = 'a schema is for type json or data_point';
      throw new ConfigError('DGT_CONFIG_INVALID', { problems, path: [...options.path, 'schema'] });
    }
    if (spec.if_unreadable === 'error' && (type === 'str' || extract !== undefined)) {
      const problems =
        'if_unreadable: error is for type json or data_point without extract, whose answers can be asked for again';
      throw new ConfigError('DGT_CONFIG_INVALID', { problems, path: [...options.path, 'if_unreadable'] });
    }
    this.#extractor = extract && createExtractor(extract, { ...options, path: [...options.path, 'extract'] });
    const asksForShape = this.schema !== undefined && extract === undefined;
    const value = isList ? { type: 'array', ...(this.schema !== undefined && { items: this.schema }) } : this.schema;
    this.#isWrapped = isList && asksForShape;
    const shape = isList ? { type: 'object', properties: { items: value }, required: ['items'] } : value;
    // Without a schema the prompt alone says what is wanted.
    const anyJson = spec.if_unreadable === 'error' ? { type: 'json' } : undefined;
    this.responseFormat = asksForShape ? (shape as AnswerFormat) : anyJson;
    if (type !== 'str' && this.responseFormat === undefined)
      this.#json = createJsonExtractor(value, { ...options, path: [...options.path, 'schema'] });
  }

  /** Loads what it needs. */
  async open(): Promise<void> {
    await this.#extractor?.open();
  }

  /** The value of an answer, or why it gives none and its row ends here. */
  async read(answer: unknown, context: ExtractContext): Promise<Finding> {
    const finding = await this.#find(answer, context);
    if (!('problem' in finding) || this.#spec.if_unreadable === 'reject') return finding;
    return { value: this.#spec.if_unreadable === 'null' ? null : answer };
  }

  async #find(answer: unknown, context: ExtractContext): Promise<Finding> {
    // A value in the shape that was asked for.
    if (this.responseFormat !== undefined)
      return { value: this.#isWrapped ? (answer as { items: unknown }).items : answer };
    const text = answer as string;
    const found: Finding =
      this.#extractor === undefined ? { value: text } : await this.#extractor.extract(text, context);
    if ('problem' in found || this.#json === undefined) return found;
    // An extractor may find a value that is none of a text.
    return typeof found.value === 'string' ? this.#json.extract(found.value, context) : found;
  }
}

function readSchema({ schema }: AnswerSpec, { files, path }: ExtractorOptions): AnswerSpec['schema'] {
  const file = schema?.['file'];
  if (schema === undefined || typeof file !== 'string' || Object.keys(schema).length > 1) return schema;
  const place = [...path, 'schema', 'file'];
  try {
    return JSON.parse(files.readText(file, place)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ConfigError('DGT_CONFIG_INVALID', { problems: `${file}: ${error.message}`, path: place });
  }
}
