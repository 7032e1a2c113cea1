import { registerBlock, Type, ValidatorBlock, type Verdict } from '@dgt/core';
import { createFieldTypeError } from './field-type-error.js';
import { CallChecks, type CallOptions } from './tool-call-checks.js';
import { findListProblem, readToolCalls, type ToolCallProblem } from './tool-call-list.js';
import { ArgumentSchemas, readTools, type ToolDefinition } from './tool-definition.js';

const toolCallsConfig = {
  /** Whether every argument must be found in the question. */
  check_arg_question_overlap: Type.Boolean({ default: true }),
  /** Whether at least one argument must refer to the output of an earlier call, as `<id>.<output>`. */
  require_nested: Type.Boolean({ default: false }),
  /** Whether arguments may do so. */
  allow_nested: Type.Boolean({ default: false }),
  /** Whether one call is too few. */
  multi_output: Type.Boolean({ default: false }),
  /** Whether the question may neither name a tool nor show a call. */
  validate_question: Type.Boolean({ default: true }),
  /** Types of parameters that need not be found in the question; `date` stands for values that are dates. */
  ignore_types: Type.Array(Type.String(), { default: ['boolean'] }),
};

const toolCallsInput = {
  /** `{ name, parameters, output_parameters }`, or OpenAI's `{ type: 'function', function }`. */
  tools: Type.Unknown(),
  /** The calls as JSON text, or the list itself: `{ name, arguments, id }`. */
  answer: Type.Unknown(),
  question: Type.Optional(Type.Unknown()),
  // A row may decide for itself, as in DGT.
  check_arg_question_overlap: Type.Optional(Type.Boolean()),
  require_nested: Type.Optional(Type.Boolean()),
  allow_nested: Type.Optional(Type.Boolean()),
  multi_output: Type.Optional(Type.Boolean()),
  validate_question: Type.Optional(Type.Boolean()),
  ignore_types: Type.Optional(Type.Array(Type.String())),
};

type Options = CallOptions & { readonly multi_output: boolean; readonly validate_question: boolean };
type Input = Partial<Options> & { readonly tools: unknown; readonly answer: unknown; readonly question?: unknown };

/**
 * Tells rows by whether the tool calls in `answer` are ones that `tools` allow and `question` asks for. The checks come in
 * the order of DGT's `tool_call_validator`, and the first that fails gives the reason: `docs/validators.md` lists them.
 *
 * ```ts
 * await new ToolCallsValidator().run([{ tools, question, answer: '[{"name": "add", "arguments": {"a": 1}}]' }]).toArray();
 * ```
 *
 * @throws {@link ConfigError} DGT_BLOCK_FIELD_TYPE when `tools` is no list of tools, or the question no text.
 */
@registerBlock('tool_calls', 'tool_call_validator')
export class ToolCallsValidator extends ValidatorBlock.of({ config: toolCallsConfig, input: toolCallsInput }) {
  readonly #schemas = new ArgumentSchemas();

  override validate(input: Input): Verdict {
    const problem = this.#findProblem(input);
    return problem === undefined ? { valid: true } : { valid: false, ...problem };
  }

  #findProblem(input: Input): ToolCallProblem | undefined {
    const { tools, question } = this.#readContext(input);
    const calls = readToolCalls(input.answer);
    if (!Array.isArray(calls)) return calls as ToolCallProblem;
    const options = this.#readOptions(input);
    const { validate_question: validateQuestion, multi_output: multiOutput } = options;
    const problem = findListProblem(calls, { tools, question, validateQuestion, multiOutput });
    if (problem !== undefined) return problem;
    return new CallChecks({ tools, question, calls, options, schemas: this.#schemas }).findProblem();
  }

  #readContext(input: Input): { tools: ToolDefinition[]; question: string } {
    const block = this.name;
    const tools = readTools(input.tools);
    if (tools === undefined) {
      throw createFieldTypeError({ block, field: 'tools', expected: 'a list of tools with names', value: input.tools });
    }
    const question = input.question ?? '';
    if (typeof question === 'string') return { tools, question };
    throw createFieldTypeError({ block, field: 'question', expected: 'text', value: question });
  }

  #readOptions(input: Input): Options {
    const { config } = this;
    return {
      check_arg_question_overlap: input.check_arg_question_overlap ?? config.check_arg_question_overlap,
      require_nested: input.require_nested ?? config.require_nested,
      allow_nested: input.allow_nested ?? config.allow_nested,
      multi_output: input.multi_output ?? config.multi_output,
      validate_question: input.validate_question ?? config.validate_question,
      ignore_types: input.ignore_types ?? config.ignore_types,
    };
  }
}
