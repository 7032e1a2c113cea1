import { ConfigError } from '@dgt/core';
import { checkTemplateValues, compileTemplate, type Template, type TemplateSyntax } from '@dgt/blocks/templates';
import { withPlace } from './error-place.js';
import type { PromptText } from './prompt-fields.js';
import type { TaskFiles } from './task-files.js';

/** The values that prompts are filled with. */
export type Values = Readonly<Record<string, unknown>>;

/** How the prompts of one task are read. */
export interface PromptOptions {
  readonly syntax: TemplateSyntax;
  readonly legacyRepr: boolean;
  readonly files: TaskFiles;
}

/** Where a prompt stands in the task's file, and what it is called in messages. */
export interface PromptPlace {
  readonly path: readonly (string | number)[];
  readonly where: string;
}

/** One text of a request. */
export class Prompt {
  readonly #template: Template;
  readonly #vars: string | undefined;
  readonly #place: PromptPlace;

  /** @throws {@link ConfigError} DGT_TEMPLATE_SYNTAX, DGT_FILE_UNREADABLE, DGT_CONFIG_INVALID */
  constructor(spec: PromptText, place: PromptPlace, { syntax, legacyRepr, files }: PromptOptions) {
    const { file, text, vars } = typeof spec === 'string' ? { file: undefined, text: spec, vars: undefined } : spec;
    if ((file === undefined) === (text === undefined))
      throw new ConfigError('DGT_CONFIG_INVALID', { problems: 'give either a text or a file', path: place.path });
    const written = text ?? files.readText(file as string, place.path);
    this.#place = place;
    this.#vars = vars;
    this.#template = withPlace(place.path, () =>
      compileTemplate(written, { syntax, legacyRepr, where: file ?? place.where }),
    );
  }

  /** The names of columns and earlier outputs that it uses, in the order of first mention. */
  get names(): readonly string[] {
    return this.#vars === undefined ? this.#template.names : [this.#vars];
  }

  /**
   * Finds what is missing before anything is called.
   *
   * @param row what the row is called in messages.
   * @param later names whose values are made by earlier steps.
   * @throws {@link ConfigError} DGT_TEMPLATE_FIELD
   */
  check(values: Values, { row, later }: { row: string; later: readonly string[] }): void {
    const where = `${row}: ${this.#place.where}`;
    const vars = this.#vars;
    withPlace(this.#place.path, () => {
      if (vars === undefined) return checkTemplateValues(this.#template, values, { where, later });
      if (later.includes(vars)) return;
      this.#checkVars(values, { where, later });
      checkTemplateValues(this.#template, this.#scope(values), { where: `${where} (vars: ${vars})` });
    });
  }

  /** @throws {@link ConfigError} DGT_TEMPLATE_FIELD, DGT_TEMPLATE_VALUE */
  render(values: Values): string {
    return withPlace(this.#place.path, () => {
      this.#checkVars(values, { where: this.#place.where });
      return this.#template.render(this.#scope(values));
    });
  }

  /** A column that no variable asks after may be absent. */
  #checkVars(values: Values, options: { where: string; later?: readonly string[] }): void {
    if (this.#vars === undefined || this.#template.variables.length === 0) return;
    const variables = [{ name: this.#vars, path: [], text: this.#vars }];
    checkTemplateValues({ variables }, values, options);
  }

  #scope(values: Values): Values {
    return this.#vars === undefined ? values : ((values[this.#vars] ?? {}) as Values);
  }
}
