import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { chromiumMissing, lookAtPage } from '../__fixtures__/chromium.js';
import { showCard } from '../__fixtures__/card-page.js';
import { InferTerminal } from '../__fixtures__/infer-terminal.js';
import { readCardFacts } from './card-facts.js';
import { makeCard } from './write-card.js';

const title = 'Why *so* <b>colourful</b>? [x](https://evil.example) | `y` ~~z~~';
const author = 'Ada <img src=x onerror=alert(1)> | `code` ada@evil.example www.evil.example &lt;';
const prompt =
  'Say {question}:\n```\n# No title\n</code></pre><script>alert("x")</script>\n</details>\n````\n| a | b |';
const description = '# No title either <i>\n\n- no list, https://evil.example\n\n1. <https://evil.example>';
const model = 'our|model`<i>`';

/** The card of a dataset that is made of names and prompts which mean something in Markdown and HTML; rows of it are rejected. */
async function makeStrangeCard(): Promise<{ done: string; live: string }> {
  await using terminal = await InferTerminal.open({
    answer: ({ prompt: asked }) =>
      asked.includes('snow') ? '<b>too</b> [long](https://evil.example) '.repeat(99) : 'So.',
  });
  const task = {
    task_name: 'team/colours',
    task_description: description,
    created_by: author,
    card: { pretty_name: title, tags: ['<b>', '- x'], license: 'a | <b>' },
    data_builder: 'core/prompt_chain',
    data: ['the sky', 'snow', 'grass'].map((question, id) => ({ id, question })),
    unique_key: 'id',
    steps: [{ out: 'answer', system: '</summary><b>', user: prompt }],
  };
  const generator = {
    name: 'generator',
    type: 'openai',
    base_url: `${terminal.server.url}/v1`,
    model_id_or_path: model,
  };
  const short = {
    name: 'short|`<b>`',
    type: 'length',
    words: { max: 20 },
    filter: true,
    input_map: { answer: 'input' },
  };
  terminal.write('task.yaml', JSON.stringify(task));
  terminal.write(
    'models.yaml',
    JSON.stringify({
      databuilders: { 'core/prompt_chain': { blocks: [generator, short], postprocessors: [{ name: short.name }] } },
    }),
  );
  const { code, stderr } = await terminal.run('run', 'task.yaml', '--config-path', 'models.yaml');
  expect(code, stderr).toBe(0);
  const place = 'output/team/colours';
  const { stdout: done } = await terminal.run('card', place);
  const { folder, datasets } = await readCardFacts(join(terminal.workingFolder, place));
  const [facts] = datasets;
  if (facts?.results === undefined) throw new Error('there is no dataset');
  const made = { rows: 1, lost: 1, attempts: 2 };
  const live = { ...made, inputs: 3, bill: facts.results.bill, run: { startedAt: terminal.time - 60_000, made } };
  const status = { ...facts.status, status: 'running' } as const;
  return { done, live: makeCard({ folder, datasets: [{ ...facts, status, live }] }, terminal.time) };
}

describe('a card as it is seen', () => {
  let cards: { done: string; live: string };
  beforeAll(async () => {
    cards = await makeStrangeCard();
  });

  it('holds nothing of names and prompts as HTML outside of code', () => {
    const outside = cards.done
      .replace(/^---\n[\s\S]*?\n---\n/, '')
      .replace(/^(`{3,})\w*\n[\s\S]*?\n\1$/gm, '')
      .replace(/(`+)[^\n]*?\1/g, '');
    expect(outside.match(/<[^>]*>/g)?.filter((tag) => !/^<\/?(details|summary)>$/.test(tag))).toEqual([]);
  });

  it.skipIf(chromiumMissing !== undefined)(
    `shows what names and prompts say, with no link, and fits a narrow and a wide window (${chromiumMissing ?? 'in Chromium'})`,
    async () => {
      const views = await Promise.all(
        [cards.done, cards.live].map((card) => lookAtPage({ page: showCard(card) }, [400, 1200])),
      );
      for (const seen of views.flat()) {
        const { overflow, links, scripts, loaded } = seen;
        expect({ overflow, links, scripts, loaded }).toEqual({ overflow: 0, links: [], scripts: 0, loaded: 0 });
        const ours = 'code details h1 h2 main p pre strong summary table tbody td th thead tr'.split(' ');
        expect(seen.elements.filter((name) => !ours.includes(name))).toEqual([]);
        for (const said of [title, author, prompt, model, ...description.split('\n\n')])
          expect(seen.words).toContain(said);
        expect(seen.textContrast).toBeGreaterThan(4.5);
      }
      const [[done], [live]] = views as [[SeenCard], [SeenCard]];
      const tokens = done.cells.slice(done.cells.indexOf(`openai ${model}`));
      expect(tokens.slice(1, 5)).toEqual([
        '3',
        expect.stringMatching(/^\d+$/),
        expect.stringMatching(/^\d+$/),
        'unknown',
      ]);
      expect(live.words).toContain('█████████████░░░░░░░ 66 % 2 of 3 inputs, 1 lost, 2 inputs a minute in this run');
    },
  );
});

type SeenCard = Awaited<ReturnType<typeof lookAtPage>>[number];
