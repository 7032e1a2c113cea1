import { GenerationDataBuilder, GenerationTask, LMProvider, Type, dataPoint, type Attempt } from '@dgt/core';
import { describe, expect, it } from 'vitest';
import { checkBuilder } from './check-builder.js';

class Line extends dataPoint({ text: Type.String() }) {}
class LineTask extends GenerationTask.of({ input: Line }) {}
const declared = { task: LineTask, blocks: { generator: LMProvider } };
const seeds = ['a', 'b', 'c', 'd'].map((text) => ({ text }));
const answers = ({ prompt }: { prompt: string }) => `<${prompt}>`;

abstract class TwoSteps extends GenerationDataBuilder.of(declared) {
  protected async ask(blocks: this['blocks'], input: string): Promise<string> {
    const [said] = await blocks.generator.run([{ input }]).toArray();
    return said?.result ?? 'nothing';
  }
}

describe('checking a data builder for determinism', () => {
  it('passes one whose flows run in lanes, whatever answer comes first', async () => {
    class Lanes extends TwoSteps {
      override async generate(seeds: readonly Line[], ctx: Attempt<this['blocks']>) {
        const texts = await ctx.map(seeds, async ({ text }, lane) => {
          const draft = await this.ask(lane.blocks, `draft ${text} ${lane.random.integer(1000)}`);
          const at = await lane.once('clock', () => Date.now() + Math.random());
          return `${await this.ask(lane.blocks, `improve ${draft}`)} at ${at}`;
        });
        return texts.map((text) => new Line({ text }));
      }
    }
    expect(await checkBuilder(Lanes, { seeds, answers })).toEqual({ deterministic: true, difference: undefined });
  });

  it('passes one that lives with failed calls', async () => {
    class Living extends TwoSteps {
      override async *generate(seeds: readonly Line[]) {
        const rows = this.blocks.generator.run(
          seeds.map(({ text }) => ({ input: text })),
          { failures: 'yield' },
        );
        for await (const row of rows) yield new Line({ text: 'error' in row ? row.error.code : row.result });
      }
    }
    const script = [new Error('no'), 'one', 'two', new Error('neither')];
    expect(await checkBuilder(Living, { seeds, answers: script })).toMatchObject({ deterministic: true });
  });

  it('finds flows beside each other that share one lane, and names the call that changed', async () => {
    class Shared extends TwoSteps {
      override async generate(seeds: readonly Line[]) {
        const flows = seeds.map(async ({ text }) =>
          this.ask(this.blocks, `improve ${await this.ask(this.blocks, text)}`),
        );
        return (await Promise.all(flows)).map((text) => new Line({ text }));
      }
    }
    const { deterministic, difference } = await checkBuilder(Shared, { seeds, answers });
    expect(deterministic).toBe(false);
    expect(difference).toMatch(
      /^shuffled run 1: call 1\.0\.\d\.0#0 of "generator" asked 'improve <\w>', before 'improve <\w>'$/,
    );
  });

  it('finds rows in the order of arrival', async () => {
    class Arrival extends TwoSteps {
      override async generate(seeds: readonly Line[], ctx: Attempt<this['blocks']>) {
        const lines: Line[] = [];
        await ctx.map(seeds, async ({ text }, lane) => {
          lines.push(new Line({ text: await this.ask(lane.blocks, text) }));
        });
        return lines;
      }
    }
    const { difference } = await checkBuilder(Arrival, { seeds, answers });
    expect(difference).toMatch(/^shuffled run \d: row \d is { text: '<\w>' }, before { text: '<\w>' }$/);
  });

  it('finds randomness of its own, and state that outlives the attempt', async () => {
    class Rolling extends TwoSteps {
      override async *generate() {
        yield new Line({ text: await this.ask(this.blocks, `${Math.random()}`) });
      }
    }
    expect((await checkBuilder(Rolling, { seeds, answers })).difference).toContain('asked');
    let attempts = 0;
    class Counting extends TwoSteps {
      override async *generate() {
        if (attempts++ > 0) return;
        yield new Line({ text: await this.ask(this.blocks, 'first') });
      }
    }
    const { difference } = await checkBuilder(Counting, { seeds, answers });
    expect(difference).toBe(
      `shuffled run 1: call 1.0.0.0#0 of "generator" was not made, which asked 'first' in the first run`,
    );
    class Breaking extends TwoSteps {
      override generate() {
        if (attempts++ > 2) throw new Error('enough');
        return [];
      }
    }
    expect((await checkBuilder(Breaking, { seeds })).difference).toBe('shuffled run 1: it threw Error: enough');
  });
});
