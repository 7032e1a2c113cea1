import { Liquid, type Template as LiquidNode } from 'liquidjs';
import type { CompiledTemplate, TemplateVariable } from './compiled-template.js';
import { writeValue } from './write-value.js';

/** Templates run no code, read no files and see only what a value has itself. */
const engine = new Liquid({
  strictVariables: true,
  strictFilters: true,
  // A test of a field that is not there is how a template asks for it.
  lenientIf: true,
  ownPropertyOnly: true,
  // Templates in memory, of which there are none: `include` and `render` find no file.
  templates: {},
  timezoneOffset: 0,
  outputEscape: writeValue,
});

/** Reads a Liquid template. */
export function compileLiquidTemplate(text: string): CompiledTemplate {
  const nodes = engine.parse(text);
  const optional = findOptional(text);
  const segments = engine.globalVariableSegmentsSync(nodes) as unknown[][];
  const variables = segments.map(toVariable).filter(({ name }) => !optional.has(name));
  return {
    variables,
    names: [...new Set(segments.map(([name]) => String(name)))],
    fill: (values) => render(nodes, values),
  };
}

/** Whether a Liquid condition, such as `level == "hard" and score > 3`, holds; a name that is not there is nothing. */
export function evaluateCondition(condition: string, values: Readonly<Record<string, unknown>>): boolean {
  return render(engine.parse(`{% if ${condition} %}1{% endif %}`), values) === '1';
}

/**
 * Checks a condition without evaluating it.
 *
 * @returns the names that it asks after.
 * @throws Error for one that cannot be read.
 */
export function readCondition(condition: string): string[] {
  if (/%\}/.test(condition)) throw new Error('a condition stands without {% %}');
  // Liquid passes over what it cannot read, and the condition would mean something else.
  const bare = condition.replaceAll(/"[^"]*"|'[^']*'/g, '""');
  if (/(?<![=!<>])=(?!=)/.test(bare)) throw new Error('write == to compare');
  if (/&&|\|\||(?:[=<>]|\b(?:and|or|contains))\s*$|^\s*(?:[=<>!]|and\b|or\b)/.test(bare))
    throw new Error('write it as `a == "b" and c > 3`; there are ==, !=, <, >, <=, >=, contains, and, or');
  const segments = engine.globalVariableSegmentsSync(engine.parse(`{% if ${condition} %}1{% endif %}`)) as unknown[][];
  return [...new Set(segments.map(([name]) => String(name)))];
}

function render(nodes: LiquidNode[], values: Readonly<Record<string, unknown>>): string {
  return String(engine.renderSync([...nodes], values));
}

/** Only keys and indices that stand in the template itself can be followed beforehand. */
function toVariable(segments: readonly unknown[]): TemplateVariable {
  const [name, ...rest] = segments;
  const dynamic = rest.findIndex((step) => typeof step !== 'string' && typeof step !== 'number');
  const known = dynamic < 0 ? rest : rest.slice(0, dynamic);
  const virtual = known.findIndex((step) => ['size', 'first', 'last'].includes(String(step)));
  const path = (virtual < 0 ? known : known.slice(0, virtual)) as (string | number)[];
  return { name: String(name), path, text: [name, ...path].join('.') };
}

/** Names that the template asks after before it uses them, or has a default for. */
function findOptional(text: string): Set<string> {
  const tests = text.matchAll(/\{%-?\s*(?:if|elsif|unless|case)\s+([\s\S]*?)-?%\}/g);
  const defaulted = text.matchAll(/\{\{-?\s*([\p{L}_][\p{L}\p{N}_]*)[^}]*?\|\s*default\b/gu);
  const words = Array.from(tests, ([, test = '']) =>
    test.replaceAll(/"[^"]*"|'[^']*'/g, '').match(/[\p{L}_][\p{L}\p{N}_]*/gu),
  );
  return new Set([...words.flatMap((found) => found ?? []), ...Array.from(defaulted, ([, name = '']) => name)]);
}
