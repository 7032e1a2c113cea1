import { ConfigError, LMProvider, PluginError, Type, compileSchema, describeProblems } from '@dgt/core';
import type { AnyBlock, BlockClass, BlockClasses, DataBuilderClass, Task, TProperties } from '@dgt/core';
import type { AnswerScript } from './answer-script.js';
import type { BuilderTrial } from './run-builder.js';
import { ScriptedModel } from './scripted-model.js';

/** A data builder with all that one run of it needs. */
export interface PreparedBuilder {
  readonly class: DataBuilderClass;
  readonly task: Task;
  readonly blocks: ReadonlyMap<string, AnyBlock>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly shared: unknown;
  /** As the trial gives them. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly randomSeed: number;
}

/** Checks a trial against its builder and makes what the engine would make. */
export async function prepareBuilder(
  builder: DataBuilderClass,
  trial: BuilderTrial,
  script: AnswerScript,
): Promise<PreparedBuilder> {
  const spec = { task_name: 'test', task_description: '', created_by: '' };
  const fields = fillIn(builder.task.fieldsSchema, trial.fields, `fields of ${builder.name}`);
  return {
    class: builder,
    task: new builder.task({ ...spec, fields } as never),
    blocks: makeBlocks(builder, trial.blocks ?? {}, script),
    config: fillIn(builder.configFields, trial.config, `config of ${builder.name}`),
    shared: Object.freeze(await builder.setup?.()),
    rows: chooseRows(builder, trial),
    randomSeed: trial.randomSeed ?? 0,
  };
}

function chooseRows({ kind, name }: DataBuilderClass, { seeds, rows }: BuilderTrial): PreparedBuilder['rows'] {
  const [wanted, given] = kind === 'generation' ? (['seeds', seeds] as const) : (['rows', rows] as const);
  if (given !== undefined && given.length > 0) return given as PreparedBuilder['rows'];
  throw new PluginError('DGT_TEST_SCRIPT', {
    problem: `${name} is a ${kind} builder and was given no ${wanted}`,
    advice: `Give it at least one: \`${wanted}: [{ ... }]\`.`,
  });
}

function fillIn(
  fields: TProperties,
  given: Readonly<Record<string, unknown>> = {},
  where: string,
): Record<string, unknown> {
  const filled = structuredClone(given) as Record<string, unknown>;
  const problems = compileSchema(Type.Object(fields, { additionalProperties: false })).check(filled);
  if (problems.length > 0)
    throw new ConfigError('DGT_CONFIG_INVALID', { problems: `${where}: ${describeProblems(problems)}` });
  return filled;
}

function makeBlocks(
  builder: DataBuilderClass,
  given: Readonly<Record<string, AnyBlock>>,
  script: AnswerScript,
): Map<string, AnyBlock> {
  const blocks = new Map(Object.entries(given));
  for (const [name, family] of Object.entries(builder.blocks)) {
    if (!blocks.has(name)) blocks.set(name, makeBlock(builder, name, family, script));
  }
  return blocks;
}

function makeBlock(
  { name: builder }: DataBuilderClass,
  name: string,
  family: BlockClasses[string],
  script: AnswerScript,
): AnyBlock {
  const isModel = family === (LMProvider as unknown) || family.prototype instanceof LMProvider;
  if (isModel) return new ScriptedModel(script, { name });
  if (['process', 'validate', 'openGate'].some((method) => method in family.prototype))
    return new (family as unknown as BlockClass)({ name } as never);
  throw new PluginError('DGT_TEST_SCRIPT', {
    problem: `${builder} calls a block "${name}", and ${family.name} only says of which family it is`,
    advice: `Give one: \`blocks: { ${name}: new ...({ ... }) }\`.`,
  });
}
