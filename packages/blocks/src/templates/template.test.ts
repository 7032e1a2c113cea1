import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evaluateCondition, readCondition } from './liquid-template.js';
import { checkTemplateValues, compileTemplate, renderTemplate } from './template.js';

/** Formats, values, and what CPython 3 makes of them. */
const formatted = JSON.parse(readFileSync(new URL('__fixtures__/python-format.json', import.meta.url), 'utf8')) as [
  template: string,
  values: Record<string, unknown>,
  expected: string,
][];

describe('a template in the notation of Python', () => {
  it.each(formatted)('gives what Python gives for %s with %j', (template, values, expected) => {
    expect(renderTemplate(template, values, { legacyRepr: true })).toBe(expected);
  });

  it('puts values that are no text in as JSON', () => {
    const values = { tools: [{ name: 'a', strict: true, default: null }], on: true, nothing: null };
    expect(renderTemplate('{tools} {on} {nothing}', values)).toBe(
      '[{"name":"a","strict":true,"default":null}] true null',
    );
    expect(renderTemplate('{tools[0][name]} {tools[0].strict}', values)).toBe('a true');
  });

  it('puts in what it is given and looks at none of it again', () => {
    expect(renderTemplate('{a}{b}', { a: '{b}', b: '{{' })).toBe('{b}{{');
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, value) => {
        const escaped = before.replaceAll(/[{}]/g, '$&$&');
        expect(renderTemplate(`${escaped}{value}`, { value })).toBe(before + value);
      }),
    );
  });

  it.each([
    ['{', 'line 1, column 1: a "{" that nothing closes'],
    ['a\nb }', 'line 2, column 3: a single "}"'],
    ['{}', '"{}" names nothing'],
    ['{0}', '"{0}" names nothing'],
    ['Answer as {"answer": "..."}', 'write "{{" and "}}" for braces that are to stay'],
    ['{a!x}', '"!x" is no conversion'],
    ['{a[}', '"{a[}" is no name'],
  ])('refuses %s where it stands', (template, problem) => {
    expect(() => compileTemplate(template, { where: 'steps[0].user' })).toThrow(problem);
    expect(() => compileTemplate(template, { where: 'steps[0].user' })).toThrow(/^steps\[0\]\.user: /);
  });

  it('says which value does not suit a format', () => {
    expect(() => renderTemplate('{a:d}', { a: 'x' })).toThrow('{a:d}: the format "d" is for numbers, got a text');
    expect(() => renderTemplate('{a:>5}', { a: [1] })).toThrow('the format ">5" is for texts and numbers, got [1]');
  });
});

describe('a template with brackets', () => {
  const render = (template: string, values: Record<string, unknown>) =>
    renderTemplate(template, values, { syntax: 'brackets' });

  it('knows nothing but its names', () => {
    expect(render('Sum up: [[DOCUMENT]] {x} [a] [[meta.page]]', { DOCUMENT: '[[DOCUMENT]]', meta: { page: 3 } })).toBe(
      'Sum up: [[DOCUMENT]] {x} [a] 3',
    );
  });

  it('puts a text in at every place, whatever it holds', () => {
    fc.assert(fc.property(fc.string(), (text) => render('[[a]]-[[a]]', { a: text }) === `${text}-${text}`));
  });
});

describe('a template in Liquid', () => {
  const render = (template: string, values: Record<string, unknown>) =>
    renderTemplate(template, values, { syntax: 'liquid' });

  it('has filters, tests and loops, and writes JSON for what is no text', () => {
    const values = { name: 'ada', tags: ['a', 'b'], meta: { page: 3 } };
    expect(render('{{ name | upcase }} {{ tags }} {{ meta }}', values)).toBe('ADA ["a","b"] {"page":3}');
    expect(render('{% for tag in tags %}{{ tag }};{% endfor %}{% if notes %}x{% endif %}', values)).toBe('a;b;');
    expect(render('{{ notes | default: "none" }}', values)).toBe('none');
  });

  it('reads no files and no prototypes', () => {
    expect(() => render("{% include 'x' %}", {})).toThrow(/x/);
    expect(() => render('{{ name.constructor }}', { name: 'ada' })).toThrow();
    expect(() => compileTemplate('{{ name | nofilter }}', { syntax: 'liquid' }).render({ name: 'a' })).toThrow(
      'nofilter',
    );
  });

  it('needs what it does not ask after first', () => {
    const needed = (text: string) =>
      compileTemplate(text, { syntax: 'liquid' }).variables.map(({ text: name }) => name);
    expect(needed('{{ a.b[0] }} {% if c %}{{ c }}{% endif %} {{ d | default: 1 }}')).toEqual(['a.b.0']);
    expect(needed('{% for x in list %}{{ x.y }}{% endfor %}')).toEqual(['list']);
  });
});

describe('a check of values', () => {
  const check = (template: string, values: Record<string, unknown>, later: string[] = []) =>
    checkTemplateValues(compileTemplate(template), values, { where: 'row 3: step "a", user', later });

  it('names what is missing, what is near it, and what there is', () => {
    expect(() => check('{persona} {langage}', { persona: 'p', language: 'l' })).toThrow(
      'row 3: step "a", user needs {langage} (did you mean "language"?); there are: persona, language',
    );
  });

  it('follows keys into values that are there, and takes what comes later on trust', () => {
    expect(() => check('{persona[age]}', { persona: { name: 'Ada' } })).toThrow(
      'needs {persona[age]}; there are: in "persona": name',
    );
    expect(() => check('{list[2]}', { list: [1, 2] })).toThrow('in "list": a list of 2');
    expect(() => check('{made[age][0]}', {}, ['made'])).not.toThrow();
    expect(() => check('{persona[age]}', { persona: { age: null } })).not.toThrow();
  });

  it('takes nothing from prototypes', () => {
    expect(() => check('{toString}', {})).toThrow('needs {toString}');
    expect(() => check('{a[length]}', { a: 'text' })).toThrow('a text');
  });
});

describe('a condition', () => {
  it('compares values, and takes one that is not there for nothing', () => {
    expect(evaluateCondition('level == "hard" and score > 3', { level: 'hard', score: 4 })).toBe(true);
    expect(evaluateCondition('level == "hard"', { level: 'easy' })).toBe(false);
    expect(evaluateCondition('tags contains "x"', { tags: ['x'] })).toBe(true);
    expect(evaluateCondition('missing', {})).toBe(false);
  });

  it('names what it asks after, and cannot close itself', () => {
    expect(readCondition('level == "hard" and meta.page > 3')).toEqual(['level', 'meta']);
    expect(() => readCondition('true %}x{% if true')).toThrow('without {% %}');
    expect(() => readCondition('a ==')).toThrow('write it as');
    expect(() => readCondition('a && b')).toThrow('write it as');
    expect(() => readCondition('a = "b=="')).toThrow('write == to compare');
    expect(readCondition('a == "x = y && z"')).toEqual(['a']);
  });
});
