import { compileSchema, PluginError, Type, type LMRow } from '@dgt/core';

const text = Type.Object({ type: Type.Literal('text'), text: Type.String() });
const image = Type.Object({
  type: Type.Literal('image_url'),
  image_url: Type.Object({ url: Type.String({ minLength: 1 }), detail: Type.Optional(Type.String()) }),
});
const toolCall = Type.Object({
  id: Type.String(),
  type: Type.Literal('function'),
  function: Type.Object({ name: Type.String(), arguments: Type.Unknown() }),
});

const schemas = {
  input: Type.Array(
    Type.Object({
      role: Type.Union(['system', 'user', 'assistant', 'tool'].map((role) => Type.Literal(role))),
      content: Type.Union([Type.String(), Type.Array(Type.Union([text, image])), Type.Null()]),
      name: Type.Optional(Type.String()),
      tool_calls: Type.Optional(Type.Array(toolCall)),
      tool_call_id: Type.Optional(Type.String()),
    }),
    { minItems: 1 },
  ),
  gen_kwargs: Type.Record(Type.String(), Type.Unknown()),
  tools: Type.Array(
    Type.Object({
      type: Type.Literal('function'),
      function: Type.Object({
        name: Type.String({ minLength: 1 }),
        description: Type.Optional(Type.String()),
        parameters: Type.Optional(Type.Unknown()),
        strict: Type.Optional(Type.Boolean()),
      }),
    }),
  ),
  tool_choice: Type.Union([
    ...['none', 'auto', 'required'].map((choice) => Type.Literal(choice)),
    Type.Object({ type: Type.Literal('function'), function: Type.Object({ name: Type.String() }) }),
  ]),
  continuation: Type.String(),
};

/** The configuration of tools, for the YAML of a block. */
export const toolFields = {
  /** The tools that the model may call, in the shape of OpenAI's API. */
  tools: Type.Optional(schemas.tools),
  /** `auto`, `none`, `required`, or the one tool to call. */
  tool_choice: Type.Optional(schemas.tool_choice),
};

const checks = Object.entries(schemas).map(([field, schema]) => [field as keyof LMRow, compileSchema(schema)] as const);

/** @throws {@link PluginError} DGT_MODEL_INPUT for a row that is not what {@link LMRow} says. */
export function checkRow(row: LMRow, block: string): void {
  for (const [field, schema] of checks) {
    const value: unknown = row[field];
    const absent = value === undefined || (value === null && field !== 'input');
    if (field === 'input' ? typeof value === 'string' : absent) continue;
    if (schema.check(value as object).length > 0) {
      throw new PluginError('DGT_MODEL_INPUT', { block, field, seen: describe(value) });
    }
  }
  if (row.continuation && typeof row.input !== 'string') {
    throw new PluginError('DGT_MODEL_INPUT', { block, field: 'continuation beside messages', seen: row.continuation });
  }
}

function describe(value: unknown): string {
  const written = JSON.stringify(value) ?? 'nothing';
  return written.length > 80 ? `${written.slice(0, 77)}...` : written;
}
