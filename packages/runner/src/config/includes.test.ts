import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ProjectFolder } from './__fixtures__/project.js';
import { resolveIncludes } from './includes.js';
import { Problems } from './problems.js';
import { SecretStore } from './secrets.js';
import { readYamlDocument, type PlainMapping, type YamlDocument } from './yaml-document.js';

interface Included {
  readonly document: YamlDocument | undefined;
  readonly value: PlainMapping | undefined;
  readonly said: string[];
}

/** Reads `tasks/main.yaml` of a project with all that it includes. */
async function include(
  files: Record<string, string>,
  environment: Record<string, string> = {},
  file = 'tasks/main.yaml',
): Promise<Included> {
  await using folder = await ProjectFolder.write(files);
  const secrets = new SecretStore();
  const problems = new Problems({ workingFolder: folder.path, secrets });
  const context = { problems, secrets, environment, workingFolder: folder.path };
  const written = await readYamlDocument(join(folder.path, file), context);
  const document = written && (await resolveIncludes(written, context));
  return {
    document,
    value: document?.value,
    said: problems.list().map(({ file, line, column, path, problem, hint }) => {
      return `${file}:${line}:${column}: ${path === undefined ? '' : `${path}: `}${problem}. ${hint ?? ''}`.trim();
    }),
  };
}

const own = 'a: own\n';

it("reads DGT's own example: a pattern through folders and back, and a key for what a pattern finds", async () => {
  const { value, said } = await include({
    'tasks/main.yaml': 'a: 1\nc: 2\ninclude:\n  - layer/../././././la*er/fil*e2.yaml\n  - g: ["./layer/*"]\n',
    'tasks/layer/file2.yaml': 'e: f\n',
  });
  expect(said).toEqual([]);
  expect(value).toEqual({ a: 1, c: 2, e: 'f', g: [{ e: 'f' }] });
});

it.each([
  ['a path', 'include: more.yaml\n', { b: { x: 1, y: 2 } }],
  ['a list, merged in its order at every depth', 'include: [more.yaml, other.yaml]\n', { b: { x: 1, y: 3, z: 4 } }],
  ['a pattern, in alphabetical order', 'include: "*[er].yaml"\n', { b: { x: 1, y: 3, z: 4 } }],
  ['a mapping of keys to paths', 'include: { k: more.yaml }\n', { k: { b: { x: 1, y: 2 } } }],
  ['a mapping of keys to lists of paths', 'include: { k: [more.yaml] }\n', { k: [{ b: { x: 1, y: 2 } }] }],
])('takes %s', async (_what, line, expected) => {
  const { value, said } = await include(
    {
      'tasks/x/main.yaml': `${own}${line}`,
      'tasks/x/more.yaml': 'b: { x: 1, y: 2 }\n',
      'tasks/x/other.yaml': 'b: { y: 3, z: 4 }\n',
    },
    {},
    'tasks/x/main.yaml',
  );
  expect(said).toEqual([]);
  expect(value).toEqual({ a: 'own', ...expected });
});

it('lets the own keys of a file win, each as a whole', async () => {
  const { value } = await include({
    'tasks/main.yaml': 'include: more.yaml\nb: { x: own }\n',
    'tasks/more.yaml': 'b: { x: 1, y: 2 }\nc: 3\n',
  });
  expect(value).toEqual({ b: { x: 'own' }, c: 3 });
});

it('reads each kind of file as what it is', async () => {
  const { value, said } = await include({
    'tasks/main.yaml': 'include: { rows: [rows.jsonl], all: rows.jsonl, one: one.json, text: prompt.txt }\n',
    'tasks/rows.jsonl': '{"q": "${env:NOT_SET}"}\n\n{"q": 2}\n',
    'tasks/one.json': '{\n\t"n": [1.5, null]\n}\n',
    'tasks/prompt.txt': 'Say ${env:NOT_SET}:\n',
  });
  expect(said).toEqual([]);
  const rows = [{ q: '${env:NOT_SET}' }, { q: 2 }];
  expect(value).toEqual({ rows, all: rows, one: { n: [1.5, null] }, text: 'Say ${env:NOT_SET}:\n' });
});

it('includes what included files include, from their own folders, and expands the environment', async () => {
  const { value, said } = await include(
    {
      'tasks/main.yaml': 'include: $SHARED/a.yaml\n',
      'shared/a.yaml': 'include: [deep/b.yaml, "${DGT_DATA_DIR}/c.yaml", "${env:WHERE}/d.yaml"]\na: 1\n',
      'shared/deep/b.yaml': 'b: 2\n',
      'data/c.yaml': 'c: 3\n',
      'there/d.yaml': 'd: 4\n',
    },
    { SHARED: 'shared', WHERE: 'there' },
  );
  expect(said).toEqual([]);
  expect(value).toEqual({ a: 1, b: 2, c: 3, d: 4 });
});

it('prefers the folder of the call to the folder of the file, as DGT does', async () => {
  const files = { 'tasks/main.yaml': 'include: x.yaml\n', 'tasks/x.yaml': 'x: beside\n', 'x.yaml': 'x: call\n' };
  expect((await include(files)).value).toEqual({ x: 'call' });
});

it('says where each place stands in the file that says it', async () => {
  const { document } = await include({
    'tasks/main.yaml': 'include:\n  - more.yaml\n  - rows: rows.jsonl\nb:\n  own: 1\n',
    'tasks/more.yaml': 'a:\n  deep: [1,\n    11]\nb: gone\n',
    'tasks/rows.jsonl': '{"q": 1}\n\n{"q": 2.50}\n',
  });
  const place = (...args: Parameters<YamlDocument['locate']>) => {
    const { file, line, column } = (document as YamlDocument).locate(...args);
    return `${file.replace(/^.*tasks\//, '')}:${line}:${column}`;
  };
  expect(place(['a', 'deep', 1])).toBe('more.yaml:3:5');
  expect(place(['a'], 'key')).toBe('more.yaml:1:1');
  expect(place(['a', 'absent', 'more'])).toBe('more.yaml:1:1');
  expect(place(['b', 'own'])).toBe('main.yaml:5:8');
  expect(place(['rows', 1, 'q'])).toBe('rows.jsonl:3:1');
  expect(place(['rows'], 'key')).toBe('main.yaml:3:5');
  expect(place(['absent'], 'key')).toBe('main.yaml:1:1');
  expect(document?.readAsText(['a', 'deep', 1])).toBe('11');
  expect(document?.readAsText(['rows', 0, 'q'])).toBe('1');
  expect(document?.readAsText([])).toEqual({ a: { deep: ['1', '11'] }, rows: [{ q: 1 }, { q: 2.5 }], b: { own: '1' } });
});

it('names the chain of files that include each other', async () => {
  const { value, said } = await include({
    'tasks/main.yaml': 'include: { x: more.yaml }\n',
    'tasks/more.yaml': 'include:\n  - ./m*n.yaml\n',
  });
  expect(value).toBeUndefined();
  expect(said).toEqual([
    'tasks/more.yaml:2:5: include[0]: the files include each other: tasks/main.yaml -> tasks/more.yaml -> tasks/main.yaml.',
  ]);
});

it.each([
  [
    'include: gone.yaml\n',
    'tasks/main.yaml:1:10: include: there is no file "gone.yaml". Paths start at the folder dgt was called in, or at tasks.',
  ],
  [
    'include: [ "gone/*.yaml" ]\n',
    'tasks/main.yaml:1:12: include[0]: no file matches "gone/*.yaml". Paths start at the folder dgt was called in, or at tasks.',
  ],
  [
    'include: prompt.txt\n',
    'tasks/main.yaml:1:10: include: brings in a text or value, and only mappings can be merged. Give it a key of its own: `include: { key: path }`.',
  ],
  [
    'include: [[list.yaml]]\n',
    'tasks/main.yaml:1:11: include[0]: brings in a list, and only mappings can be merged. Give it a key of its own: `include: { key: path }`.',
  ],
  ['include: 5\n', 'tasks/main.yaml:1:10: include: expected a path, got 5.'],
  ['include:\n', 'tasks/main.yaml:1:9: include: expected a path, got null.'],
  [
    'include: []\n',
    'tasks/main.yaml:1:10: include: expected a path, a list of paths, or a mapping of keys to paths, got nothing.',
  ],
  [
    'include: { k: broken.yaml }\n',
    'tasks/broken.yaml:2:1: is not valid YAML: no "]" where a bracket should end. Close it, and indent what stands inside of it.',
  ],
  ['include: { k: broken.jsonl }\n', expect.stringMatching(/^tasks\/broken\.jsonl:2:1: is not a line of JSON: /)],
  [
    'include: { k: "${env:GONE}/a.yaml" }\n',
    expect.stringMatching(/^tasks\/main\.yaml:1:15: include\.k: the environment variable GONE is not set\./),
  ],
])('refuses %j', async (line, expected) => {
  const { value, said } = await include({
    'tasks/main.yaml': line,
    'tasks/prompt.txt': 'text',
    'tasks/list.yaml': '- 1\n',
    'tasks/broken.yaml': 'a: [\n',
    'tasks/broken.jsonl': '{}\n{"a": \n',
  });
  expect(value).toBeUndefined();
  expect(said).toEqual([expected]);
});

it('does not follow files that bring in ever more files', async () => {
  const double = (next: string) => `include: [${next}.yaml, ${next}.yaml]\n`;
  const { said } = await include({
    'tasks/main.yaml': double('f0'),
    ...Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`tasks/f${at}.yaml`, double(`f${at + 1}`)])),
    'tasks/f12.yaml': 'end: true\n',
  });
  expect(said).toEqual([expect.stringContaining('brings in more than 1000 files')]);
});

it('keeps secrets of the environment out of the source, and reports what an included file cannot follow where it is used', async () => {
  const { document } = await include(
    { 'tasks/main.yaml': 'include: more.yaml\n', 'tasks/more.yaml': 'key: ${env:KEY}\nbad: ["${env:GONE}"]\n' },
    { KEY: 'hunter2' },
  );
  expect(document?.source['key']).toBe('${env:KEY}');
  expect(document?.value['key']).toBe('hunter2');
  expect(document?.unresolved.map(({ name, path }) => ({ name, path }))).toEqual([{ name: 'GONE', path: ['bad', 0] }]);
});
