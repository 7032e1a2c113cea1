import {
  ConfigError,
  DgtError,
  FieldMap,
  parsePath,
  SequenceValidator,
  suggestNearest,
  Type,
  ValidatorBlock,
  type BlockClass,
  type BlockConfig,
  type Task,
} from '@dgt/core';
import type { PlannedBlock, PlannedBuilder } from './planned.js';
import type { Problems } from './problems.js';
import type { DocumentPath } from './yaml-document.js';

/** Something wrong with the maps of a block, and the entry that says it. */
export interface MapProblem {
  readonly problem: string;
  readonly hint: string | undefined;
  /** Below the entry of the block, such as `['input_map', 'text']`. */
  readonly path: DocumentPath;
}

/** Follows the maps of a block as the block will when it is made, so that a map that leads nowhere is found with its line. */
export function findMapProblems(name: string, config: BlockConfig, { inputFields }: BlockClass): MapProblem[] {
  const fields = inputFields && Object.keys(inputFields);
  const attempt = (path: DocumentPath, maps: { inputMap?: unknown; outputMap?: unknown }): MapProblem[] => {
    const { inputMap = {}, outputMap = {} } = maps as Record<string, Record<string, string>>;
    try {
      void new FieldMap({ block: name, fields, required: [], inputMap, outputMap });
      return [];
    } catch (error) {
      if (!DgtError.isInstance(error)) throw error;
      const problem = String(error.details['problems'] ?? error.message).replace(/^input_map /, '');
      return [{ problem, hint: error.code === 'DGT_BLOCK_CONFIG' ? adviseOn(inputMap, fields) : error.remedy, path }];
    }
  };
  const { input_map: inputMap, output_map: outputMap } = config as Record<string, Record<string, string> | undefined>;
  const found = [
    ...Object.entries(inputMap ?? {}).flatMap(([path, field]) =>
      attempt(['input_map', path], { inputMap: { [path]: field } }),
    ),
    ...Object.entries(outputMap ?? {}).flatMap(([field, path]) =>
      attempt(['output_map', field], { outputMap: { [field]: path } }),
    ),
  ];
  return found.length > 0 ? found : attempt(['input_map'], { inputMap });
}

function adviseOn(inputMap: Readonly<Record<string, string>>, fields: readonly string[] = []): string {
  const reversed = Object.entries(inputMap).find(([path, field]) => fields.includes(path) && !fields.includes(field));
  if (reversed !== undefined) return `It is the wrong way round: write \`${reversed[1]}: ${reversed[0]}\`.`;
  return 'An entry of input_map is `path in your row: field of the block`.';
}

/**
 * Checks what the postprocessors of a generation task read against the data point that the builder makes, as far as can be
 * told beforehand: up to the first block that may give the rows other fields.
 */
export function checkPostprocessorFields(
  { postprocessors }: PlannedBuilder,
  task: Pick<Task, 'output'>,
  problems: Problems,
): void {
  const given = [...Object.keys(task.output.schema.properties), 'task_name', 'is_seed'];
  for (const block of postprocessors) {
    const missing = findMissingJointFields(block, given) ?? findMissingFields(block, given);
    for (const error of missing) problems.addError(error, { ...block.place, column: 1 });
    const { prototype } = block.class as unknown as { prototype: unknown };
    if (!(prototype instanceof SequenceValidator || prototype instanceof ValidatorBlock)) return;
  }
}

/** Undefined when the block reads fields of its own, and not the `fields` of the row that a deduplicator compares jointly. */
function findMissingJointFields({ name: block, class: blockClass, config }: PlannedBlock, given: readonly string[]) {
  const { fields } = config as { fields?: readonly string[] };
  if (fields === undefined || blockClass.scope !== 'sequence') return undefined;
  return fields.flatMap((path) => {
    const [first] = parsePath(path).steps;
    if (first?.kind !== 'key' || given.includes(first.key)) return [];
    const seen = `the row has: ${given.join(', ')}${suggestNearest(first.key, given)}`;
    return new ConfigError('DGT_BLOCK_CONFIG', { block, problems: `fields: there is nothing at "${path}"; ${seen}` });
  });
}

function findMissingFields({ name: block, class: blockClass, config }: PlannedBlock, given: readonly string[]) {
  const { input_map: inputMap = {} } = config as { input_map?: Record<string, string> };
  const required = Type.Object(blockClass.inputFields ?? {}).required ?? [];
  const pathOf = new Map(Object.entries(inputMap).map(([path, field]) => [field, path]));
  const errors: ConfigError[] = [];
  for (const field of new Set([...pathOf.keys(), ...required])) {
    const path = pathOf.get(field);
    const [first] = path === undefined ? [] : parsePath(path).steps;
    const key = first?.kind === 'key' ? first.key : field;
    if (given.includes(key)) continue;
    const seen = `${given.join(', ')}${path === undefined ? '' : suggestNearest(key, given)}`;
    errors.push(new ConfigError('DGT_BLOCK_FIELD_MISSING', { block, field, path: path ?? field, seen }));
  }
  return errors;
}
