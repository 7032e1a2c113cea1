export type { TemplateSyntax, TemplateValues, TemplateVariable } from './compiled-template.js';
export { evaluateCondition, readCondition } from './liquid-template.js';
export { readBelow } from './read-below.js';
export { checkTemplateValues, compileTemplate, renderTemplate, templateSyntaxes } from './template.js';
export type { Template, TemplateOptions } from './template.js';
