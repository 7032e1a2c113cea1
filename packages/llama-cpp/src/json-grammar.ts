import { ConfigError, type Json, type ResponseFormat } from '@dgt/core';
import type { LlamaGrammar } from 'node-llama-cpp';
import type { Runtime } from './runtime.js';

type Schema = { readonly [keyword: string]: Json | undefined };

/**
 * The grammars of one model: what an answer may be made of, token by token. A grammar holds the structure of a JSON schema
 * (types, keys, lists, alternatives, constants, lengths of strings and lists); every key of an object is written, also an
 * optional one. It cannot hold `pattern`, ranges of numbers and the like: whoever needs these checks the answer.
 */
export class JsonGrammars {
  readonly #runtime: Runtime;
  readonly #made = new Map<string, Promise<LlamaGrammar>>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** @throws {@link ConfigError} DGT_BLOCK_CONFIG for a schema that no grammar can be made of. */
  get(format: ResponseFormat): Promise<LlamaGrammar> {
    const key = JSON.stringify(format);
    let grammar = this.#made.get(key);
    if (grammar === undefined) {
      grammar = this.#make(format);
      this.#made.set(key, grammar);
    }
    return grammar;
  }

  /** @throws {@link ConfigError} DGT_BLOCK_CONFIG for a text that is no grammar in the notation of llama.cpp. */
  read(text: string): Promise<LlamaGrammar> {
    const key = `text ${text}`;
    let grammar = this.#made.get(key);
    if (grammar === undefined) {
      grammar = this.#runtime.llama.createGrammar({ grammar: text }).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        const problems = `guided_grammar: llama.cpp cannot read it: ${reason}`;
        throw new ConfigError('DGT_BLOCK_CONFIG', { block: 'llama_cpp', problems }, { cause: error });
      });
      this.#made.set(key, grammar);
    }
    return grammar;
  }

  async #make(format: ResponseFormat): Promise<LlamaGrammar> {
    const { llama } = this.#runtime;
    if (format.type === 'json_object') return llama.getGrammarFor('json');
    try {
      return await llama.createGrammarForJsonSchema(
        toGrammarSchema(format.json_schema.schema) as { readonly type: 'object' },
      );
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const problems = `response_format: no grammar can be made of the schema "${format.json_schema.name}": ${reason}`;
      throw new ConfigError('DGT_BLOCK_CONFIG', { block: 'llama_cpp', problems }, { cause: error });
    }
  }
}

/** Rewrites a JSON schema in the keywords that node-llama-cpp knows: it takes what it does not know for `null`. */
export function toGrammarSchema(schema: Json | undefined): Json {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return anything;
  const { anyOf, definitions, $ref, ...rest } = schema as Schema;
  const written: Record<string, Json | undefined> = { ...rest };
  const definitionList = { ...(definitions as Schema | undefined), ...(rest['$defs'] as Schema | undefined) };
  if (Object.keys(definitionList).length > 0) written['$defs'] = mapValues(definitionList);
  if (typeof $ref === 'string') return { ...written, $ref: $ref.replace('#/definitions/', '#/$defs/') };
  const alternatives = (rest['oneOf'] ?? anyOf) as readonly Json[] | undefined;
  if (alternatives !== undefined) return { ...written, oneOf: alternatives.map(toGrammarSchema) };
  if (rest['type'] === undefined && rest['const'] === undefined && rest['enum'] === undefined) {
    return rest['properties'] === undefined ? anything : toGrammarSchema({ ...schema, type: 'object' });
  }
  if (Array.isArray(rest['type']) && (rest['properties'] ?? rest['items']) !== undefined) {
    return { oneOf: rest['type'].map((type: Json) => toGrammarSchema({ ...schema, type })) };
  }
  if (rest['type'] === 'object' && rest['properties'] === undefined) written['additionalProperties'] ??= true;
  if (rest['properties'] !== undefined) written['properties'] = mapValues(rest['properties'] as Schema);
  if (rest['items'] !== undefined) written['items'] = toGrammarSchema(rest['items']);
  return written as Json;
}

function mapValues(schemas: Schema): Json {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, toGrammarSchema(schema)]));
}

const anything: Json = {
  oneOf: [
    { type: ['string', 'number', 'boolean', 'null'] },
    { type: 'array' },
    { type: 'object', additionalProperties: true },
  ],
};
