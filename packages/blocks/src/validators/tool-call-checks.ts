import { isDate, isFoundInQuestion } from './question-overlap.js';
import type { RawToolCall, ToolCallProblem } from './tool-call-list.js';
import { isRecord, type ArgumentSchemas, type ToolDefinition } from './tool-definition.js';
import { listReferableCalls, mentionsIndirectly, refersTo, type ReferableCall } from './tool-references.js';

/** What decides about single calls and their arguments. */
export interface CallOptions {
  readonly check_arg_question_overlap: boolean;
  readonly require_nested: boolean;
  readonly allow_nested: boolean;
  readonly ignore_types: readonly string[];
}

/** The checks of each call by itself and of its arguments, once the list as a whole is known to be sound. */
export class CallChecks {
  readonly #calls: readonly RawToolCall[];
  readonly #question: string;
  readonly #options: CallOptions;
  readonly #schemas: ArgumentSchemas;
  readonly #tools: ReadonlyMap<unknown, ToolDefinition>;
  readonly #allowsNested: boolean;
  #hasNested = false;

  constructor(context: {
    readonly tools: readonly ToolDefinition[];
    readonly question: string;
    readonly calls: readonly RawToolCall[];
    readonly options: CallOptions;
    readonly schemas: ArgumentSchemas;
  }) {
    this.#calls = context.calls;
    this.#question = context.question;
    this.#options = context.options;
    this.#schemas = context.schemas;
    // Of tools with the same name the first counts.
    this.#tools = new Map(context.tools.toReversed().map((tool) => [tool.name, tool]));
    this.#allowsNested = context.options.allow_nested || context.options.require_nested;
  }

  findProblem(): ToolCallProblem | undefined {
    for (const [index, call] of this.#calls.entries()) {
      const problem = this.#checkCall(call, index);
      if (problem !== undefined) return problem;
    }
    const fits = this.#hasNested ? this.#allowsNested : !this.#options.require_nested;
    return fits ? undefined : { reason: 'Nested tool call validation failed' };
  }

  #checkCall(call: RawToolCall, index: number): ToolCallProblem | undefined {
    const metadata = { tool_call: call };
    if (Object.keys(call).some((key) => !['name', 'arguments', 'id'].includes(key))) {
      return { reason: 'Malformed tool call with additional keys', metadata };
    }
    if (!Object.hasOwn(call, 'arguments')) {
      return { reason: 'Missing mandatory field[s] ("name", "arguments")', metadata };
    }
    const tool = this.#tools.get(call['name']) as ToolDefinition;
    const values = call['arguments'];
    if (this.#schemas.findMisfits(tool, values).some((misfit) => !this.#mayStandForOutput(misfit))) {
      return { reason: 'Parameter validation error', metadata };
    }
    if (!isRecord(values)) return { reason: 'Malformed arguments', metadata };
    const earlier = this.#listReferable(this.#calls.slice(0, index));
    const later = this.#listReferable(this.#calls.slice(index));
    for (const [name, value] of Object.entries(values)) {
      if (!tool.parameterTypes.has(name)) {
        return { reason: 'Hallucinated argument name', metadata: { ...metadata, argument_name: name } };
      }
      const problem = this.#checkArgument(value, { type: tool.parameterTypes.get(name), earlier, later });
      if (problem !== undefined) return { reason: problem, metadata: { ...metadata, argument_value: value } };
    }
    return undefined;
  }

  #checkArgument(
    value: unknown,
    context: { type: unknown; earlier: readonly ReferableCall[]; later: readonly ReferableCall[] },
  ): string | undefined {
    const { type, earlier, later } = context;
    if (refersTo(value, later)) return 'Nested future tool call reference failure';
    if (refersTo(value, earlier)) {
      this.#hasNested = true;
      return undefined;
    }
    if (this.#mustBeAskedFor(value, type) && !isFoundInQuestion(value, this.#question)) {
      return 'Hallucinated argument value';
    }
    return mentionsIndirectly(value, [...earlier, ...later]) ? 'Indirect variable reference' : undefined;
  }

  #mustBeAskedFor(value: unknown, type: unknown): boolean {
    const { check_arg_question_overlap: checks, ignore_types: ignored } = this.#options;
    return checks && !ignored.includes(String(type)) && !(ignored.includes('date') && isDate(value));
  }

  /** A reference to an output stands where the schema wants, say, a number. */
  #mayStandForOutput(misfit: unknown): boolean {
    if (!this.#allowsNested || typeof misfit !== 'string') return false;
    return this.#calls.some(({ id }) => Boolean(id) && misfit.startsWith(String(id)));
  }

  #listReferable(calls: readonly RawToolCall[]): ReferableCall[] {
    return listReferableCalls(calls, (call) => this.#tools.get(call['name']));
  }
}
