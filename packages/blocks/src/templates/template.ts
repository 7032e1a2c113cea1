import { ConfigError, suggestNearest } from '@dgt/core';
import { compileBracketTemplate } from './bracket-template.js';
import { compileLiquidTemplate } from './liquid-template.js';
import { compilePythonTemplate } from './python-template.js';
import { readBelow } from './read-below.js';
import type { CompiledTemplate, TemplateSyntax, TemplateValues, TemplateVariable } from './compiled-template.js';

/** The syntaxes by name. */
export const templateSyntaxes = ['python', 'brackets', 'liquid'] as const satisfies readonly TemplateSyntax[];

/** How templates are read. */
export interface TemplateOptions {
  /** @defaultValue 'python' */
  readonly syntax?: TemplateSyntax;
  /** Writes values as Python's `str` does (`['a']`, `True`, `None`) and not as JSON; for `python` alone. @defaultValue false */
  readonly legacyRepr?: boolean;
  /** What the template is, for errors: `steps[0].user`. @defaultValue 'the template' */
  readonly where?: string;
}

/** A template that has been read once and is filled many times. It runs no code and reads no files. */
export interface Template {
  /** What it needs, each once; what it only asks after (`{% if name %}`, `default`) is not among it. */
  readonly variables: readonly TemplateVariable[];
  /** Every name that it mentions, in the order of first mention. */
  readonly names: readonly string[];
  /**
   * Puts values in; text as it is, anything else as JSON. What is put in is not looked at again.
   *
   * @throws {@link ConfigError} DGT_TEMPLATE_FIELD, DGT_TEMPLATE_VALUE
   */
  render(values: TemplateValues): string;
}

/**
 * Reads a template.
 *
 * ```ts
 * compileTemplate('Describe {city} in {language}.').render({ city: 'Lima', language: 'Spanish' });
 * ```
 *
 * @throws {@link ConfigError} DGT_TEMPLATE_SYNTAX
 */
export function compileTemplate(text: string, options: TemplateOptions = {}): Template {
  const { syntax = 'python', legacyRepr = false, where = 'the template' } = options;
  let compiled: CompiledTemplate;
  try {
    compiled = compilers[syntax](text, { legacyRepr });
  } catch (error) {
    throw new ConfigError('DGT_TEMPLATE_SYNTAX', { where, problem: reasonOf(error), syntax }, { cause: error });
  }
  const variables = distinct(compiled.variables);
  return {
    variables,
    names: compiled.names,
    render: (values) => {
      checkTemplateValues({ variables }, values, { where });
      try {
        return compiled.fill(values);
      } catch (error) {
        throw new ConfigError('DGT_TEMPLATE_VALUE', { where, problem: reasonOf(error) }, { cause: error });
      }
    },
  };
}

/** Reads a template and fills it once. @throws as {@link compileTemplate} and {@link Template.render}. */
export function renderTemplate(text: string, values: TemplateValues, options?: TemplateOptions): string {
  return compileTemplate(text, options).render(values);
}

/**
 * Finds what a template needs and the values lack, before anything is paid for.
 *
 * @param options.later names whose values are not known yet: they are taken to hold whatever is read of them.
 * @throws {@link ConfigError} DGT_TEMPLATE_FIELD
 */
export function checkTemplateValues(
  { variables }: Pick<Template, 'variables'>,
  values: TemplateValues,
  { where, later = [] }: { where: string; later?: readonly string[] },
): void {
  for (const { name, path, text } of variables) {
    if (later.includes(name)) continue;
    if (!Object.hasOwn(values, name)) {
      const known = [...Object.keys(values), ...later];
      const details = {
        where,
        field: text,
        nearest: suggestNearest(name, known),
        known: known.join(', ') || 'nothing',
      };
      throw new ConfigError('DGT_TEMPLATE_FIELD', details);
    }
    const failed = findMissing(values[name], path);
    if (failed === undefined) continue;
    const known = `in "${name}": ${failed}`;
    throw new ConfigError('DGT_TEMPLATE_FIELD', { where, field: text, nearest: '', known });
  }
}

const compilers = {
  python: compilePythonTemplate,
  brackets: compileBracketTemplate,
  liquid: compileLiquidTemplate,
} as const satisfies Record<TemplateSyntax, (text: string, options: { legacyRepr: boolean }) => CompiledTemplate>;

/** Says what is there instead; undefined when the path leads somewhere. */
function findMissing(value: unknown, path: readonly (string | number)[]): string | undefined {
  for (let depth = 0; depth < path.length; depth++) {
    const above = readBelow(value, path.slice(0, depth));
    if (readBelow(above, path.slice(depth, depth + 1)) !== undefined) continue;
    if (typeof above !== 'object' || above === null) return describe(above);
    return Array.isArray(above)
      ? `a list of ${above.length}`
      : Object.keys(above).join(', ') || 'an object without keys';
  }
  return undefined;
}

function describe(value: unknown): string {
  return typeof value === 'string' ? 'a text' : value === undefined ? 'nothing' : JSON.stringify(value);
}

function distinct(variables: readonly TemplateVariable[]): TemplateVariable[] {
  return [...new Map(variables.map((variable) => [JSON.stringify([variable.name, variable.path]), variable])).values()];
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
