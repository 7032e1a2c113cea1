import { afterEach, describe, expect, it, vi } from 'vitest';
import { PipelineProject } from './__fixtures__/pipeline-project.js';
import { DataGenerationPipeline, makeDefaultExtractor } from './pipeline.js';

afterEach(() => void vi.restoreAllMocks());

/** The class takes its folder and streams from the process. */
function enter(project: PipelineProject): { said: () => string } {
  vi.spyOn(process, 'cwd').mockReturnValue(project.terminal.workingFolder);
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  return { said: () => stderr.mock.calls.map(([text]) => String(text)).join('') };
}

const pool = ['a', 'b', 'c'].map((topic) => ({
  user_prompt_kwargs: { topic, word_count: '1' },
  system_prompt_kwargs: { tone: 't' },
}));

describe('DataGenerationPipeline', () => {
  it('takes names as Python has them, and gives records in the order of the rows', async () => {
    await using project = await PipelineProject.open();
    enter(project);
    const pipeline = new DataGenerationPipeline({
      max_tokens: 2048,
      output_data: { output_dir: 'output', experiment_name: 'demo_test', need_time_stamp: true },
      need_time_stamp: false,
    });
    const results = await pipeline.run(pool, {
      concurrency_limit: 5,
      extract_function: pipeline.make_default_extractor({ pattern_name: 'draft', to_list: false }),
    });
    const texts = ['a', 'b', 'c'].map((topic) => `请写一段关于${topic}的文字，1。`);
    expect(results.map((record) => 'error' in record || record.extracted)).toEqual(texts);
    expect(project.records('output/demo_test')).toEqual(results);
  });

  it('applies another function to what is recorded, and asks only for rows that are new', async () => {
    await using project = await PipelineProject.open();
    enter(project);
    const pipeline = new DataGenerationPipeline({ needTimeStamp: false });
    await pipeline.run(pool);
    const again = await pipeline.run(() => [...pool, { ...pool[0], more: 1 }], {
      extractFunction: (text) => text.length,
    });
    expect(again.map((record) => 'extracted' in record && typeof record.extracted)).toEqual(Array(4).fill('number'));
    expect(project.asked).toHaveLength(4);
  });

  it('needs no file, only a model and a prompt', async () => {
    await using project = await PipelineProject.open();
    enter(project);
    vi.spyOn(process, 'cwd').mockReturnValue(project.path('prompts'));
    const options = { model: { model: 'm', apiKey: 'k', baseUrl: `${project.server.url}/v1` }, outputDir: '../made' };
    const pipeline = new DataGenerationPipeline({ ...options, userPromptPath: 'user_prompts/default.txt' });
    expect(await pipeline.run(pool)).toHaveLength(3);
    const without = new DataGenerationPipeline({ outputDir: 'made', temperature: 'hot' as never });
    await expect(without.run(pool)).rejects.toThrow(
      'DataGenerationPipeline: temperature: expected a number, got "hot"; missing "model.model"; missing "prompts.user_prompt_path"',
    );
  });

  it('throws what is missing before it calls anything', async () => {
    await using project = await PipelineProject.open();
    enter(project);
    const pipeline = new DataGenerationPipeline();
    await expect(pipeline.run([...pool, {}])).rejects.toMatchObject({ code: 'DGT_TEMPLATE_FIELD' });
    await expect(pipeline.run(7 as never)).rejects.toThrow('the data pool: returned a number, not rows');
    await expect(pipeline.run(pool, { concurency: 1 } as never)).rejects.toThrow('got concurency');
    await expect(new DataGenerationPipeline({ temprature: 1 } as never).run(pool)).rejects.toThrow(
      'unknown key "temprature" (did you mean "temperature"?)',
    );
    expect(() => pipeline.makeDefaultExtractor({ patternName: '<draft>' })).toThrow('tag: expected text that matches');
    expect(project.server.requests).toEqual([]);
  });

  it('throws what ended a run before every row was worked on, and goes on from there', async () => {
    await using project = await PipelineProject.open({ requireKey: 'your_api_key' });
    const { said } = enter(project);
    const wrong = new DataGenerationPipeline({ apiKey: 'a-wrong-key' });
    await expect(wrong.run(pool)).rejects.toMatchObject({ code: 'DGT_PROVIDER_AUTH' });
    expect(said()).not.toContain('a-wrong-key');
    expect(await new DataGenerationPipeline().run(pool)).toHaveLength(3);
    expect(project.stamps()).toHaveLength(1);
  });
});

describe('makeDefaultExtractor', () => {
  it('finds every tag: upper or lower case, several lines, attributes; trimmed', () => {
    const text =
      'x <Draft id="1" kind=\'a\'>\n one\n two \n</DRAFT> y <draft></draft><draft>three</draft><drafts>no</drafts>';
    expect(makeDefaultExtractor({ patternName: 'draft' })(text)).toEqual(['one\n two', '', 'three']);
    expect(makeDefaultExtractor({ pattern_name: 'draft', to_list: false })(text)).toBe('one\n two');
    expect(makeDefaultExtractor({ patternName: 'draft' })('none')).toEqual([]);
    expect(makeDefaultExtractor({ patternName: 'draft', toList: false })('<draft>cut of')).toBeNull();
  });
});
