import { compileForeignSchema } from '@dgt/llm/structured';

/** A tool that a model can call, as the checks of {@link ToolCallsValidator} need it. */
export interface ToolDefinition {
  readonly name: string;
  /** The JSON Schema of its arguments. */
  readonly parameters: unknown;
  /** By name, as far as the schema declares them. */
  readonly parameterTypes: ReadonlyMap<string, unknown>;
  /** Names of what it gives back, which later calls can refer to. */
  readonly outputs: readonly string[];
}

/** Reads a list of tools, `{ name, parameters, output_parameters }` or OpenAI's `{ type, function }`; undefined for anything else. */
export function readTools(value: unknown): ToolDefinition[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const tools = (value as unknown[]).map(readTool);
  return tools.some((tool) => tool === undefined) ? undefined : (tools as ToolDefinition[]);
}

function readTool(value: unknown): ToolDefinition | undefined {
  if (!isRecord(value)) return undefined;
  const { name, parameters, output_parameters: outputs } = isRecord(value['function']) ? value['function'] : value;
  if (typeof name !== 'string') return undefined;
  return {
    name,
    parameters: parameters ?? {},
    parameterTypes: new Map(Object.entries(readProperties(parameters)).map(([key, schema]) => [key, readType(schema)])),
    outputs: Object.keys(readProperties(outputs)),
  };
}

function readProperties(schema: unknown): object {
  const properties = isRecord(schema) ? schema['properties'] : undefined;
  return isRecord(properties) ? properties : {};
}

function readType(schema: unknown): unknown {
  return isRecord(schema) ? schema['type'] : undefined;
}

/** Whether a value is an object of JSON. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type ArgumentsCheck = (values: unknown) => readonly unknown[];

/** Checks the arguments of calls; a tool that comes again, as in every row of a dataset, is compiled once. */
export class ArgumentSchemas {
  readonly #checks = new Map<string, ArgumentsCheck>();

  /**
   * The values within the arguments that do not fit, the arguments themselves where they as a whole do not. A schema that is
   * none fits nothing.
   */
  findMisfits({ parameters }: ToolDefinition, values: unknown): readonly unknown[] {
    const key = JSON.stringify(parameters);
    let check = this.#checks.get(key);
    if (check === undefined) {
      if (this.#checks.size >= mostSchemas) this.#checks.clear();
      check = compile(parameters);
      this.#checks.set(key, check);
    }
    return check(values);
  }
}

const mostSchemas = 5000;

function compile(parameters: unknown): ArgumentsCheck {
  try {
    const check = compileForeignSchema(parameters);
    return (values) => check(values).map(({ data }) => data as unknown);
  } catch {
    return (values) => [values];
  }
}
