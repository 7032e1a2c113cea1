import { UserFunction } from '@dgt/blocks/functions';
import { parseTag, RegexParser } from '@dgt/blocks/parse';
import { ConfigError, createScriptServices, DgtError, type LaneContext } from '@dgt/core';
import { compileJsonSchema, readJson, type JsonSchemaCheck } from '@dgt/llm/structured';
import type { TaskFiles } from '../prompts/task-files.js';
import type { ExtractSpec } from './extract-fields.js';

/** What an extractor makes of an answer: a value, or why there is none. */
export type Finding = { readonly value: unknown } | { readonly problem: string };

/** Where an extractor runs: the lane gives a function of the user its random numbers, `values` the row. */
export interface ExtractContext {
  readonly lane: Pick<LaneContext, 'random' | 'signal'>;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Finds a value in the text of an answer. It depends on the answer and the row alone, so a run can be repeated. */
export interface Extractor {
  /** Loads what it needs. */
  open(): Promise<void>;
  extract(text: string, context: ExtractContext): Promise<Finding>;
}

/** What an extractor is made with. */
export interface ExtractorOptions {
  readonly folder: string;
  readonly files: TaskFiles;
  /** Where it stands in the task's file. */
  readonly path: readonly (string | number)[];
  readonly where: string;
}

/** @throws {@link ConfigError} DGT_CONFIG_INVALID for a pattern or schema that cannot be used. */
export function createExtractor(spec: ExtractSpec, options: ExtractorOptions): Extractor {
  if (spec === 'json') return createJsonExtractor(undefined, options);
  if ('json' in spec) return createJsonExtractor(spec.json.schema, options);
  if ('tag' in spec) return createTagExtractor(spec);
  if ('regex' in spec) return createRegexExtractor(spec, options);
  return createFunctionExtractor(spec, options);
}

/** Reads the JSON in a text, mending what can be mended without guessing. */
export function createJsonExtractor(schema: object | undefined, { path }: ExtractorOptions): Extractor {
  let check: JsonSchemaCheck | undefined;
  try {
    check = schema && compileJsonSchema(schema);
  } catch (error) {
    throw new ConfigError('DGT_CONFIG_INVALID', { problems: `schema: ${(error as Error).message}`, path });
  }
  return {
    open: () => Promise.resolve(),
    extract: (text) => {
      const reading = readJson(text, check && { check });
      return Promise.resolve('fault' in reading ? { problem: reading.problem } : { value: reading.value });
    },
  };
}

function createTagExtractor({ tag, all = false }: { tag: string; all?: boolean }): Extractor {
  return {
    open: () => Promise.resolve(),
    extract: (text) => {
      const found = parseTag(text, tag);
      const [first] = found;
      return Promise.resolve(
        first === undefined ? { problem: `no <${tag}>...</${tag}>` } : { value: all ? found : first },
      );
    },
  };
}

function createRegexExtractor(
  { regex, flags, all }: { regex: string; flags?: string; all?: boolean },
  { path }: ExtractorOptions,
): Extractor {
  let parser: RegexParser;
  try {
    parser = new RegexParser({
      pattern: regex,
      ...(flags !== undefined && { flags }),
      ...(all !== undefined && { all }),
    });
  } catch (error) {
    if (!DgtError.isInstance(error)) throw error;
    throw new ConfigError('DGT_CONFIG_INVALID', { problems: error.message, path }, { cause: error });
  }
  return {
    open: () => Promise.resolve(),
    extract: async (text) => {
      const [found] = await parser.run([{ input: text }]).toArray();
      return found === undefined ? { problem: `no match of /${regex}/` } : { value: found.parsed };
    },
  };
}

function createFunctionExtractor(
  spec: { javascript: string; export?: string; options?: Readonly<Record<string, unknown>> },
  { folder, files, path, where }: ExtractorOptions,
): Extractor {
  const { javascript: module, export: exported = 'default', options = {} } = spec;
  const services = { ...createScriptServices(), baseFolder: folder };
  const userFunction = new UserFunction({ module, export: exported, options }, { block: where, services });
  files.noteModule(module, userFunction, [...path, 'javascript']);
  return {
    open: async () => void (await userFunction.open()),
    extract: async (text, { lane, values }) => {
      let problem = `${userFunction.shownName} finds nothing`;
      const reject = (reason: string) => void (problem = reason);
      const value = await userFunction.call(text, lane, { row: values, reject });
      return value === undefined || value === null ? { problem } : { value };
    },
  };
}
