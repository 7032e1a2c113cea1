import type { CompiledTemplate, TemplateValues, TemplateVariable } from './compiled-template.js';
import { readBelow } from './read-below.js';
import { writeValue } from './write-value.js';

const variable = /\[\[\s*([\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}\p{N}_]+)*)\s*\]\]/gu;

/** Reads a template whose variables are `[[name]]` or `[[name.key]]`; every other bracket is itself. */
export function compileBracketTemplate(text: string): CompiledTemplate {
  const variables = Array.from(text.matchAll(variable), ([whole, path]) => parse(whole, path as string));
  return {
    variables,
    names: [...new Set(variables.map(({ name }) => name))],
    fill: (values) => text.replaceAll(variable, (whole, path: string) => read(values, parse(whole, path))),
  };
}

function parse(text: string, written: string): TemplateVariable {
  const [name = '', ...path] = written.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key));
  return { name: String(name), path, text };
}

function read(values: TemplateValues, { name, path }: TemplateVariable): string {
  return writeValue(readBelow(values[name], path));
}
