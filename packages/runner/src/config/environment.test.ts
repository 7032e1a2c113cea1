import { expect, it } from 'vitest';
import { describeProblemsOf, ProjectFolder, validBuilder, validTask } from './__fixtures__/project.js';
import { expandPath } from './locate-files.js';
import { SecretStore } from './secrets.js';

const builder = `name: pairs
blocks:
  - name: generator
    type: openai
    model_id_or_path: \${env:MODEL:-small}
    base_url: https://\${env:HOST}/v1
    api_key: \${env:API_KEY}
metadata:
  literal: $\${env:API_KEY}
`;
const files = { 'tasks/task.yaml': validTask, 'builders/pairs/pairs.yaml': builder, 'builders/pairs/generate.ts': '' };

it('puts variables of the environment and of .env into any text, and keeps what was written for the card', async () => {
  await using folder = await ProjectFolder.write({
    ...files,
    '.env': 'HOST=file.example\nAPI_KEY="sk-from-file"\nOTHER_TOKEN=tok-123\nPLAIN=word\n',
  });
  const secrets = new SecretStore();
  const environment = { HOST: 'set.example' } as Record<string, string>;
  const { builders, tasks } = await folder.load({ environment, secrets });
  expect(builders[0]?.blocks[0]?.config).toMatchObject({
    model_id_or_path: 'small',
    base_url: 'https://set.example/v1',
    api_key: 'sk-from-file',
  });
  expect(builders[0]?.metadata).toEqual({ literal: '${env:API_KEY}' });
  expect(JSON.stringify([builders[0]?.source, tasks[0]?.source])).not.toContain('sk-from-file');
  expect(builders[0]?.source).toMatchObject({ blocks: [{ api_key: '${env:API_KEY}' }] });
  expect(environment).toMatchObject({ HOST: 'set.example', PLAIN: 'word' });
  expect(secrets.redact('sk-from-file at set.example, tok-123, small, word')).toBe(
    '[secret] at [secret], [secret], small, word',
  );
});

it('says where a variable is missing or a reference is malformed', async () => {
  const task = `${validTask}topic: \${env:NO-NAME} \${env:OPEN\n`;
  expect(await describeProblemsOf({ builder, task })).toMatchInlineSnapshot(`
    "builders/pairs/pairs.yaml:6:15: blocks[0].base_url: the environment variable HOST is not set. Export HOST, or write it into a .env file in the folder dgt is called in.
    builders/pairs/pairs.yaml:7:14: blocks[0].api_key: the environment variable API_KEY is not set. Export API_KEY, or write it into a .env file in the folder dgt is called in.
    tasks/task.yaml:7:8: topic: "\${env:NO-NAME}" is not of the form \${env:NAME} or \${env:NAME:-default}. Write $\${env:...} for the literal text.
    tasks/task.yaml:7:8: topic: "\${env:OPEN" is not of the form \${env:NAME} or \${env:NAME:-default}. Write $\${env:...} for the literal text."
  `);
});

it('never shows the value of a variable that does not fit, however long it is', async () => {
  const key = `sk-${'x'.repeat(100)}`;
  const text = await describeProblemsOf(
    {
      builder: `${builder}    \n`
        .replace('metadata:', 'style: [1]\nmetadata:')
        .replace('api_key:', 'temperature: ${env:API_KEY}\n    api_key:'),
    },
    { environment: { HOST: 'h', API_KEY: key } },
  );
  expect(text).not.toContain('xxx');
  expect(text).toMatchInlineSnapshot(`
    "builders/pairs/pairs.yaml:7:18: blocks[0].temperature: expected a number, got "\${env:API_KEY}"
    builders/pairs/pairs.yaml:9:8: style: expected a string, got a list of 1"
  `);
});

it("sets the variables of dgt's own folders where nobody does, and keeps what is set", async () => {
  await using folder = await ProjectFolder.write({
    'tasks/task.yaml': validTask,
    'builders/pairs/pairs.yaml': validBuilder,
    'builders/pairs/generate.ts': '',
    '.env': 'DGT_CACHE_DIR=elsewhere\n',
  });
  const environment: Record<string, string> = { DGT_DATA_DIR: '' };
  const { tasks } = await folder.load({ environment });
  expect(environment).toEqual({ DGT_DATA_DIR: 'data', DGT_OUTPUT_DIR: 'output', DGT_CACHE_DIR: 'elsewhere' });
  expect(tasks[0]?.settings.outputDir).toBe(`${folder.path}/output`);
});

it('expands variables in paths, and leaves those that are not set for the error to show', () => {
  const environment = { HERE: 'a/b', EMPTY: '' };
  expect(expandPath('$HERE/${HERE}.x/$GONE/${EMPTY}/${DGT_DATA_DIR}/$', environment)).toBe(
    'a/b/a/b.x/$GONE/${EMPTY}/data/$',
  );
});
