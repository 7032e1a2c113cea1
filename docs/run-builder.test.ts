import { expect, it } from 'vitest';
import { TemporaryProject } from '../packages/cli/test/project.js';
import { findExamples, readDocument } from './documents.js';

const title = 'builders/team/quiz/generate.test.ts';

it('docs/testing.md shows tests of a data builder that pass', { timeout: 60_000 }, async () => {
  const example = findExamples(readDocument('docs/testing.md')).find((found) => found.title === title);
  using project = new TemporaryProject();
  expect(await project.run(['new', 'builder', 'team/quiz'])).toMatchObject({ code: 0 });
  project.write(title, example?.text ?? '');
  const { code, stdout } = await project.run(['test']);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^. pass 3$/m) });
});
