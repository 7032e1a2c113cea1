import { formatPlace, suggestNearest, type Json } from '@dgt/core';
import { readYamlData, type DataDocument, type ReadingContext } from '@dgt/runner';

/** A message of a step, as gendata has it. */
export interface GendataMessage {
  readonly role: string;
  /** With placeholders, as Python's `str.format` has them. */
  readonly content: string;
}

/** One question to the model. */
export interface GendataStep {
  readonly messages: readonly GendataMessage[];
  readonly outputKey: string;
  readonly outputType: 'str' | 'json';
}

/** A task file of gendata. */
export interface GendataTask {
  readonly steps: readonly GendataStep[];
  /** Further fields of each row: of each list the item whose turn it is. */
  readonly extraKeys: Readonly<Record<string, readonly Json[]>>;
}

/** The column that says which model made a row. */
export const modelColumn = 'model';

const roles = ['system', 'user', 'assistant'];
const keys = ['messages_list', 'output_keys', 'output_types', 'random_extra_keys'];

/**
 * Reads a task file of gendata, YAML or JSON, with steps as lists of `{ role, content }` or as mappings of `user` and `system`.
 *
 * @returns undefined when it cannot be used; `problems` of the context says why, with the line.
 */
export async function readGendataTask(file: string, context: ReadingContext): Promise<GendataTask | undefined> {
  const before = context.problems.count;
  // What looks like a reference to the environment is text to gendata.
  const document = await readYamlData(file, context, { references: false });
  if (document === undefined) return undefined;
  const task = new TaskReader(document, context).read();
  return context.problems.count === before ? task : undefined;
}

type Path = readonly (string | number)[];

class TaskReader {
  readonly #document: DataDocument;
  readonly #context: ReadingContext;

  constructor(document: DataDocument, context: ReadingContext) {
    this.#document = document;
    this.#context = context;
  }

  read(): GendataTask {
    const task = this.#mapping(this.#document.value, []);
    for (const key of Object.keys(task)) {
      if (!keys.includes(key))
        this.#report([key], `unknown key${suggestNearest(key, keys)}; a task of gendata has ${keys.join(', ')}`);
    }
    const steps = this.#list(task['messages_list'], ['messages_list']);
    const outputKeys = this.#list(task['output_keys'], ['output_keys']);
    const outputTypes = this.#list(task['output_types'], ['output_types']);
    if (steps.length !== outputKeys.length || steps.length !== outputTypes.length) {
      const seen = `${steps.length}, ${outputKeys.length} and ${outputTypes.length} items`;
      this.#report(['messages_list'], `messages_list, output_keys and output_types have ${seen}: each step needs one`);
    }
    return {
      steps: steps.map((step, index) => ({
        messages: this.#messages(step, ['messages_list', index]),
        outputKey: this.#outputKey(outputKeys, index),
        outputType: this.#outputType(outputTypes, index),
      })),
      extraKeys: this.#extraKeys(task['random_extra_keys'] ?? {}),
    };
  }

  #messages(step: unknown, path: Path): GendataMessage[] {
    if (Array.isArray(step)) {
      if (step.length === 0) this.#report(path, 'has no message');
      return step.map((message: unknown, index) => {
        const { role, content } = this.#mapping(message, [...path, index], ['role', 'content']);
        if (!roles.includes(role as string))
          this.#report([...path, index, 'role'], `expected ${roles.join(', ')}, got ${show(role)}`);
        return { role: String(role), content: this.#text(content, [...path, index, 'content']) };
      });
    }
    const { system, user } = this.#mapping(step, path, ['system', 'user']);
    const asked = { role: 'user', content: this.#text(user, [...path, 'user']) };
    return system === undefined
      ? [asked]
      : [{ role: 'system', content: this.#text(system, [...path, 'system']) }, asked];
  }

  #outputKey(list: readonly unknown[], index: number): string {
    const key = list[index];
    if (index >= list.length) return '';
    if (typeof key !== 'string' || key === '')
      this.#report(['output_keys', index], `expected a name, got ${show(key)}`);
    else if (key === modelColumn)
      this.#report(['output_keys', index], `"${key}" is the column of the model that made the row; name it otherwise`);
    else if (list.indexOf(key) !== index) this.#report(['output_keys', index], `"${key}" is there twice`);
    return String(key);
  }

  #outputType(list: readonly unknown[], index: number): 'str' | 'json' {
    const type = list[index];
    if (index < list.length && type !== 'str' && type !== 'json')
      this.#report(['output_types', index], `expected str or json, got ${show(type)}`);
    return type === 'json' ? 'json' : 'str';
  }

  #extraKeys(value: unknown): Record<string, Json[]> {
    const lists = Object.entries(this.#mapping(value, ['random_extra_keys']));
    return Object.fromEntries(
      lists.map(([key, list]) => [key, this.#list(list, ['random_extra_keys', key]) as Json[]]),
    );
  }

  #list(value: unknown, path: Path): readonly unknown[] {
    if (Array.isArray(value) && value.length > 0) return value;
    this.#report(path, `expected a list with something in it, got ${show(value)}`);
    return [];
  }

  #text(value: unknown, path: Path): string {
    if (typeof value !== 'string') this.#report(path, `expected a text, got ${show(value)}`);
    return String(value);
  }

  /** @param known the keys that it may have, where these are all there are. */
  #mapping(value: unknown, path: Path, known?: readonly string[]): Readonly<Record<string, unknown>> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#report(
        path,
        `expected ${known === undefined ? 'a mapping' : `a mapping of ${known.join(' and ')}`}, got ${show(value)}`,
      );
      return {};
    }
    for (const key of known === undefined ? [] : Object.keys(value)) {
      if (!known?.includes(key)) this.#report([...path, key], `unknown key; known: ${known?.join(', ')}`);
    }
    return value as Readonly<Record<string, unknown>>;
  }

  #report(path: Path, problem: string): void {
    const place = this.#document.locate(path);
    this.#context.problems.add({ ...place, path: formatPlace(path), problem, code: 'DGT_CONFIG_INVALID' });
  }
}

function show(value: unknown): string {
  return value === undefined || value === null ? 'nothing' : JSON.stringify(value).slice(0, 60);
}
