import { Formatter, registerFormatter, Type, type Json, type Row } from '@dgt/core';
import { Liquid, type Template } from 'liquidjs';
import { dataError, reasonOf } from '../files/data-error.js';

const config = {
  /** A Liquid template, or an object of them. */
  format: Type.Union([Type.String(), Type.Record(Type.String(), Type.String())]),
};

/**
 * Renders Liquid templates over the fields of a row. Templates run no code and read no files; a field or a filter that does
 * not exist is an error.
 */
@registerFormatter('template', 'formatters/template')
export class TemplateFormatter extends Formatter.of({ config }) {
  readonly #engine = new Liquid({
    strictVariables: true,
    strictFilters: true,
    // A test of a field that is not there is how a template asks for it.
    lenientIf: true,
    ownPropertyOnly: true,
    // Templates in memory, of which there are none: `include` and `render` find no file.
    templates: {},
    timezoneOffset: 0,
  });
  readonly #templates: readonly Template[] | readonly (readonly [string, readonly Template[]])[];

  constructor(...parameters: ConstructorParameters<ReturnType<typeof Formatter.of<typeof config>>>) {
    super(...parameters);
    const { format } = this.config;
    this.#templates =
      typeof format === 'string'
        ? this.#parse(format, 'format')
        : Object.entries(format).map(([key, text]) => [key, this.#parse(text, `format.${key}`)] as const);
  }

  override format(row: Row, index: number): Json {
    if (typeof this.config.format === 'string') return this.#render(this.#templates as readonly Template[], row, index);
    const entries = this.#templates as readonly (readonly [string, readonly Template[]])[];
    return Object.fromEntries(entries.map(([key, template]) => [key, this.#render(template, row, index)]));
  }

  #parse(text: string, key: string): Template[] {
    try {
      return this.#engine.parse(text);
    } catch (error) {
      throw this.configError(`${key}: ${reasonOf(error)}`, error);
    }
  }

  #render(template: readonly Template[], row: Row, index: number): string {
    try {
      return String(this.#engine.renderSync([...template], row));
    } catch (error) {
      const reason = reasonOf(error);
      const field = /undefined variable: ([^,\n]+)/.exec(reason)?.[1];
      if (field !== undefined) throw this.missingField(row, index, field);
      throw dataError(`formatter "${this.config.type ?? 'template'}": row ${index + 1}`, reason, error);
    }
  }
}
