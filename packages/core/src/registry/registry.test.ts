import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Datastore } from '../data/datastore.js';
import { Formatter } from '../data/formatter.js';
import { ConfigError, PluginError } from '../errors/dgt-error.js';
import { readFrame } from './find-caller.js';
import { datastores, formatters, registerDatastore, registerFormatter } from './registries.js';
import { Registry } from './registry.js';

class First extends Formatter.of() {
  format() {
    return 'first';
  }
}
class Second extends Formatter.of() {
  format() {
    return 'second';
  }
}

/** Where the line of this file stands that holds the given text. */
function placeOf(text: string): string {
  const file = fileURLToPath(import.meta.url);
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text));
  return `${file}:${line + 1}`;
}

describe('a registry', () => {
  it('refuses a second class under a taken name and names both places', () => {
    const registry = new Registry<object>('block');
    registry.add('dedup', First, '/a.ts:1');
    const add = () => registry.add('dedup', Second, '/b.ts:2');
    expect(add).toThrow(PluginError);
    expect(add).toThrow('block "dedup" is registered twice: at /a.ts:1 and at /b.ts:2');
    expect(registry.find('dedup')).toBe(First);
  });

  it('takes the same class under its name again, and under several names', () => {
    const registry = new Registry<object>('block');
    for (const name of ['a', 'a', 'b']) registry.add(name, First, '/a.ts:1');
    expect(registry.names()).toEqual(['a', 'b']);
    expect(registry.originOf('a')).toBe('/a.ts:1');
  });

  it('lists what it knows, and what was probably meant, for an unknown name', async () => {
    const registry = new Registry<object>('block');
    registry.add('rouge_scorer', First, '/a.ts:1');
    registry.announce({ ollama: async () => {} });
    await expect(registry.load('rouge_scorrer')).rejects.toThrow(ConfigError);
    await expect(registry.load('rouge_scorrer')).rejects.toThrow(
      'unknown block "rouge_scorrer" (did you mean "rouge_scorer"?); known: ollama, rouge_scorer',
    );
    await expect(registry.load('constructor')).rejects.toThrow('unknown block "constructor"; known:');
    await expect(new Registry('task').load('x')).rejects.toThrow('unknown task "x"; known: none');
  });

  it('refuses a name that two announce, to whoever asks for it alone, and names both', async () => {
    const registry = new Registry<object>('block');
    const announce = (name: string, from?: string) =>
      registry.announce({ [name]: async () => registry.add(name, First, '/a.ts:1') }, from);
    announce('dedup');
    announce('dedup');
    announce('shout', 'dgt-towns: dgt.blocks');
    announce('dedup', 'dgt-towns: dgt.blocks');
    expect(registry.announcerOf('shout')).toBe('dgt-towns: dgt.blocks');
    expect(await registry.load('shout')).toBe(First);
    await expect(registry.load('dedup')).rejects.toThrow(
      'block "dedup" is registered twice: at dgt and at dgt-towns: dgt.blocks',
    );
    expect(registry.announcerOf('none')).toBeUndefined();
  });

  it('imports an announced module when its name is asked for, and not before', async () => {
    const registry = new Registry<object>('block');
    let imports = 0;
    registry.announce({
      lazy: async () => {
        imports++;
        registry.add('lazy', First, '/lazy.ts:1');
      },
    });
    expect(registry.names()).toEqual(['lazy']);
    expect(registry.find('lazy')).toBeUndefined();
    expect(imports).toBe(0);
    expect(await registry.load('lazy')).toBe(First);
    expect(await registry.load('lazy')).toBe(First);
    expect(imports).toBe(1);
  });

  it('says so when the announced module registers something else', async () => {
    const registry = new Registry<object>('block');
    registry.announce({ lazy: async () => registry.add('lazzy', First, '/lazy.ts:1') });
    await expect(registry.load('lazy')).rejects.toMatchObject({
      code: 'DGT_NOT_REGISTERED',
      message:
        'the module announced for "lazy" by dgt was loaded for block "lazy" but registered "lazzy" (at /lazy.ts:1)',
      remedy: `Put @registerBlock('lazy') on the class in the module announced for "lazy" by dgt.`,
    });
  });

  it('hands on the error of a module that cannot be imported', async () => {
    const registry = new Registry<object>('block');
    registry.announce({ broken: () => Promise.reject(new SyntaxError('unexpected token')) });
    await expect(registry.load('broken')).rejects.toThrow(SyntaxError);
  });
});

describe('a register decorator', () => {
  it('registers the class under its names, with the file and line of the decorator', async () => {
    @registerDatastore('test/decorated', 'test/alias')
    class Decorated extends Datastore.of() {}
    expect(await datastores.load('test/decorated')).toBe(Decorated);
    expect(datastores.find('test/alias')).toBe(Decorated);
    expect(datastores.originOf('test/decorated')).toBe(placeOf("@registerDatastore('test/decorated'"));
  });

  it('returns nothing, so that the class stays what it is under either kind of decorators', () => {
    const legacy = registerFormatter('test/legacy') as (target: object) => unknown;
    expect(legacy(First)).toBeUndefined();
    const standard = registerFormatter('test/standard') as (target: object, context: object) => unknown;
    const context = { kind: 'class', name: 'Second', metadata: {}, addInitializer: () => {} };
    expect(standard(Second, context)).toBeUndefined();
    expect(formatters.find('test/legacy')).toBe(First);
    expect(formatters.find('test/standard')).toBe(Second);
  });

  it('names both places when two classes carry the same name', () => {
    registerFormatter('test/taken')(First); // the first
    const again = () => registerFormatter('test/taken')(Second); // the second
    expect(again).toThrow(
      `formatter "test/taken" is registered twice: at ${placeOf('// the first')} and at ${placeOf('// the second')}`,
    );
  });
});

describe('a line of a stack trace', () => {
  it.each([
    ['    at file:///work/generate.js:12:5', '/work/generate.js:12'],
    ['    at /work/generate.ts:12:5', '/work/generate.ts:12'],
    ['    at Object.<anonymous> (/work/generate.ts:3:1)', '/work/generate.ts:3'],
    ['    at async file:///work/generate.js:1:2', '/work/generate.js:1'],
    ['    at Function.<static_initializer> (file:///work/a%20b/generate.js:7:12)', '/work/a b/generate.js:7'],
    ['    at <anonymous> (/work/a (copy)/generate.ts:7:12)', '/work/a (copy)/generate.ts:7'],
    ['    at file:///work/generate.ts?namespace=17:4:1', '/work/generate.ts:4'],
    ['    at new Registry (node:internal/modules:1:1)', undefined],
    ['    at <anonymous>', undefined],
  ])('%s', (frame, place) => {
    expect(readFrame(frame)).toBe(place);
  });
});
