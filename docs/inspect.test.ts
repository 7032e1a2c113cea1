import { describe, expect, it } from 'vitest';
import { TemporaryProject } from '../packages/cli/test/project.js';
import { findExamples, readDocument } from './documents.js';
import { play, readSteps } from './sessions.js';

const examples = findExamples(readDocument('docs/inspect.md'));

describe('the page on looking at rows', { timeout: 120_000 }, () => {
  it.each(['preview', 'inspect'])('shows a session as it goes: %s', async (title) => {
    using project = new TemporaryProject();
    for (const { title: file = '', text } of findExamples(readDocument('docs/transformations.md')))
      if (/\.\w+$/.test(file) && !file.startsWith('output/')) project.write(file, text);
    const steps = readSteps(examples.find((example) => example.title === title) as (typeof examples)[number]);
    expect(steps.length).toBeGreaterThan(1);
    for (const step of steps) {
      const { command, code } = step;
      expect(await play(step, project)).toEqual({ command, code, missing: [] });
    }
  });
});
