import { ConfigError, describeProblems, formatPlace, locateFile, registerBlock, Type, ValidatorBlock } from '@dgt/core';
import type { BlockServices, Json, SchemaProblem, Verdict } from '@dgt/core';
import { readFileSync } from 'node:fs';
import { compileJsonSchema, type JsonSchemaCheck } from '@dgt/llm/structured';
import { findJsonError } from './find-json-error.js';

const jsonSchemaConfig = {
  /** The schema itself: draft 7, 2019-09 or 2020-12. */
  schema: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  /** Instead, a JSON file that holds it; relative paths: {@link locateFile}. */
  schema_file: Type.Optional(Type.String({ minLength: 1 })),
  /** Whether text is JSON to be read first; otherwise text is checked as it is. Any other value is checked as it is. */
  parse: Type.Boolean({ default: true }),
};

const shownProblems = 3;

/**
 * Tells rows by whether the value in their field `input` fits a JSON Schema; text is read as JSON first. The reason names
 * the first place that does not fit and what is expected there, without the value, so that rows with the same fault are counted
 * together; `metadata.problems` has up to three in full, or the line and column at which the text stops being JSON.
 *
 * ```ts
 * const pairs = new JsonSchemaValidator({ schema: { type: 'object', required: ['answer'] }, filter: true });
 * ```
 *
 * @throws {@link ConfigError} DGT_BLOCK_CONFIG for a schema that cannot be used; DGT_FILE_UNREADABLE.
 */
@registerBlock('json_schema')
export class JsonSchemaValidator extends ValidatorBlock.of({
  config: jsonSchemaConfig,
  input: { input: Type.Unknown() },
}) {
  readonly #schema: unknown;
  readonly #check: JsonSchemaCheck;

  constructor(
    config: {
      readonly schema?: object;
      readonly schema_file?: string;
      readonly parse?: boolean;
      readonly [key: string]: unknown;
    },
    services?: BlockServices,
  ) {
    super(config as never, services);
    const { schema, schema_file: file } = this.config;
    if ((schema === undefined) === (file === undefined)) throw this.#error('expected either schema or schema_file');
    this.#schema = file === undefined ? schema : this.#readSchema(file);
    try {
      this.#check = compileJsonSchema(this.#schema);
    } catch (error) {
      throw this.#error(`${file ?? 'schema'}: ${(error as Error).message}`);
    }
  }

  /** The schema counts, wherever it is kept. */
  override get definition(): Json {
    const { schema_file: _file, ...rest } = super.definition as { readonly [key: string]: Json };
    return { ...rest, schema: this.#schema as Json };
  }

  override validate({ input }: { input: unknown }): Verdict {
    if (typeof input !== 'string' || !this.config.parse) return this.#judge(input);
    let value: unknown;
    try {
      value = JSON.parse(input);
    } catch {
      const { problem, place } = locateJsonError(input);
      return { valid: false, reason: 'not JSON', metadata: { problems: [`${problem}${place}`] } };
    }
    return this.#judge(value);
  }

  #judge(value: unknown): Verdict {
    const problems = this.#check(value);
    if (problems.length === 0) return { valid: true };
    const shown = problems.slice(0, shownProblems).map((problem) => describeProblems([problem]));
    const more = problems.length - shown.length;
    const listed = more > 0 ? [...shown, `and ${more} more`] : shown;
    return { valid: false, reason: describeFault(problems[0] as SchemaProblem), metadata: { problems: listed } };
  }

  #readSchema(file: string): unknown {
    const path = locateFile(file, this.services);
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      throw new ConfigError('DGT_FILE_UNREADABLE', { file, reason: (error as Error).message }, { cause: error });
    }
    try {
      return JSON.parse(text);
    } catch {
      throw this.#error(`${file}: ${describeJsonError(text)}`);
    }
  }

  #error(problems: string): ConfigError {
    return new ConfigError('DGT_BLOCK_CONFIG', { block: this.name, problems });
  }
}

function describeJsonError(text: string): string {
  const { problem, place } = locateJsonError(text);
  return `not JSON: ${problem}${place}`;
}

function locateJsonError(text: string): { problem: string; place: string } {
  const error = findJsonError(text);
  if (error === undefined) return { problem: 'unknown', place: '' };
  return { problem: error.problem, place: ` (line ${error.line}, column ${error.column})` };
}

/** What is wrong without the value, and with `[]` for any item of a list: the same for all rows with this fault. */
function describeFault({ path, problem, unknownKey }: SchemaProblem): string {
  const place = formatPlace(path.map((step) => (typeof step === 'number' ? '[]' : step)))
    .replaceAll('["[]"]', '[]')
    .replaceAll('.[]', '[]');
  const fault = unknownKey === undefined ? problem.replace(/, got [^]*$/, '') : 'a key that is not in the schema';
  return place === '' ? fault : `${place}: ${fault}`;
}
