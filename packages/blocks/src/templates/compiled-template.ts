/**
 * How a template marks its variables.
 * - `python`: `{name}`, `{person[age]}`, `{score:.2f}`, and `{{` for a brace, as `str.format` has it.
 * - `brackets`: `[[name]]`, and nothing else has a meaning.
 * - `liquid`: `{{ name | upcase }}`, `{% if name %}`, `{% for item in items %}`.
 */
export type TemplateSyntax = 'python' | 'brackets' | 'liquid';

/** Values by name, as a template sees them. */
export type TemplateValues = Readonly<Record<string, unknown>>;

/** One place of a template that wants a value. */
export interface TemplateVariable {
  /** The name that must be there. */
  readonly name: string;
  /** What is read below it, key by key; empty for the value itself. */
  readonly path: readonly (string | number)[];
  /** As it stands in the template, for messages. */
  readonly text: string;
}

/** What one syntax makes of a text. */
export interface CompiledTemplate {
  readonly variables: readonly TemplateVariable[];
  readonly names: readonly string[];
  /** @throws Error that says what cannot be put in. */
  fill(values: TemplateValues): string;
}
