import { describeRows } from '@dgt/stores/statistics';
import { describe, expect, it } from 'vitest';
import { chromiumMissing, lookAtPage } from '../__fixtures__/chromium.js';
import { renderStatisticsPage } from './statistics-page.js';

function* rows() {
  const topics = ['physics', 'biology', 'history', '<script>alert("x")</script> & more', 'a'.repeat(300)];
  for (let index = 0; index < 400; index++) {
    yield {
      topic: topics[Math.floor((index * index) / 32_001)],
      score: 1 + (index % 7) + (index % 5),
      answer: 'word '.repeat(1 + ((index * 37) % 90)),
      'an "odd" name': index % 3 === 0 ? null : index / 7,
    };
  }
}

async function makePage(request: { fields: string[]; distributions: string[] }): Promise<string> {
  const statistics = await describeRows(rows(), request);
  return renderStatisticsPage({ path: 'answers.jsonl', files: ['answers.jsonl'], ...statistics });
}

/** How far the sizes of bars are from their counts, on the scale of the longest. @unit pixels */
function distortion(bars: readonly { count: number; size: number }[]): number {
  const most = Math.max(...bars.map(({ count }) => count));
  const longest = Math.max(...bars.map(({ size }) => size));
  return Math.max(...bars.map(({ count, size }) => Math.abs(size - (longest * count) / most)));
}

describe('the page of statistics', () => {
  it('writes nothing of the data as HTML, and needs nothing from elsewhere', async () => {
    const page = await makePage({ fields: [], distributions: [] });
    expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; more');
    expect(page).toContain('an &quot;odd&quot; name');
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|https?:/);
  });

  it.skipIf(chromiumMissing !== undefined)(
    `draws bars in proportion, and fits a narrow and a wide window (${chromiumMissing ?? 'in Chromium'})`,
    async () => {
      const pages = [
        { page: await makePage({ fields: [], distributions: [] }), dark: false },
        { page: await makePage({ fields: ['score', 'answer.length'], distributions: ['topic'] }), dark: true },
      ];
      const views = await Promise.all(
        pages.map(async (view) => ({ dark: view.dark, found: await lookAtPage(view, [400, 1200]) })),
      );
      for (const { dark, found } of views) {
        for (const seen of found) {
          const { overflow, scripts, loaded, picturesWithoutWords } = seen;
          expect({ overflow, scripts, loaded, picturesWithoutWords }).toEqual({
            overflow: 0,
            scripts: 0,
            loaded: 0,
            picturesWithoutWords: 0,
          });
          expect(seen.tables.length).toBeGreaterThan(0);
          expect(seen.histograms.length).toBeGreaterThan(0);
          for (const bars of [...seen.tables, ...seen.histograms]) expect(distortion(bars)).toBeLessThan(1);
          // WCAG: 4.5 for text, 3 for pictures.
          expect(seen.textContrast).toBeGreaterThan(4.5);
          expect(seen.barContrast).toBeGreaterThan(3);
          expect(seen.paper < 0.2).toBe(dark);
        }
      }
    },
  );
});
