import { startFakeServer } from '@dgt/testkit';
import { describe, expect, it } from 'vitest';
import { TemporaryProject } from './project.js';

const output = 'output/public/test/geography_qa';

describe("the tutorial's own YAML files", () => {
  it('make fifty pairs on an ollama server, which gets every option of the block', async () => {
    await using server = await startFakeServer({ models: ['mistral-small3.2:latest'] });
    using project = new TemporaryProject().addGeography();
    const { code, stdout, stderr } = await project.run(['run', '--task-path', './task.yaml'], {
      OLLAMA_HOST: server.url,
    });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain('final_data.jsonl');
    const rows = project.rows(`${output}/final_data.jsonl`);
    expect(rows).toHaveLength(50);
    expect(Object.keys(rows[0] ?? {})).toEqual(['task_name', 'is_seed', 'question', 'answer']);
    expect(new Set(rows.map(({ question }) => question)).size).toBe(50);
    const asked = server.requests.find(({ path }) => path === '/api/generate');
    expect(asked?.body).toMatchObject({ model: 'mistral-small3.2', options: { temperature: 0, num_predict: 128 } });
    expect(asked?.key).toMatch(/^[0-9a-f]{32}$/);
  });

  it('end with a reason when the model always repeats itself, as models do at temperature 0', async () => {
    await using server = await startFakeServer({ answer: 'repeating' });
    using project = new TemporaryProject().addGeography();
    const { code, stdout } = await project.run(['run', '--task-paths', 'task.yaml'], { OLLAMA_HOST: server.url });
    expect(code).toBe(2);
    expect(stdout).toContain('stalled');
    expect(project.rows(`${output}/final_data.jsonl`)).toHaveLength(1);
  });

  it('name the model that is missing and how to get it', async () => {
    await using server = await startFakeServer({ models: ['llama3.2'] });
    using project = new TemporaryProject().addGeography();
    const { code, stderr } = await project.run(['run', '--task-path', 'task.yaml'], { OLLAMA_HOST: server.url });
    expect(code).toBe(1);
    expect(stderr).toMatch(/DGT_PROVIDER_MODEL_UNKNOWN[\s\S]*mistral-small3\.2[\s\S]*ollama pull mistral-small3\.2/);
  });
});
