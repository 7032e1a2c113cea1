import type { Bin, NumberStatistics } from '@dgt/stores/statistics';
import { formatCount } from '../printing/quantities.js';
import { areSingleNumbers, formatNumber, formatShare, nameBins } from '../statistics/describe-values.js';
import { html, type Html } from './html.js';

/** Something counted. */
export interface Counted {
  readonly label: string | Html;
  readonly count: number;
}

/** The most labels below a histogram. */
const mostLabels = 6;

/** A table whose rows have bars: the longest is that of the largest count. */
export function renderBars(rows: readonly Counted[], { caption, whole }: { caption: string; whole: number }): Html {
  const most = Math.max(1, ...rows.map(({ count }) => count));
  const body = rows.map(
    ({ label, count }) =>
      html`<tr>
        <th scope="row">${label}</th>
        <td class="bar">${renderBar(count, most)}</td>
        <td class="number">${formatCount(count)}</td>
        <td class="number quiet">${formatShare(count, whole)}</td>
      </tr>`,
  );
  return html`<table>
    <caption>
      ${caption}
    </caption>
    <thead>
      <tr>
        <th scope="col">value</th>
        <th scope="col"></th>
        <th scope="col" class="number">rows</th>
        <th scope="col" class="number">share</th>
      </tr>
    </thead>
    <tbody>
      ${body}
    </tbody>
  </table>`;
}

/** A bar within a line of a table; what it shows stands in words beside it. */
export function renderBar(count: number, most: number): Html {
  return html`<svg viewBox="0 0 ${most} 1" preserveAspectRatio="none" aria-hidden="true">
    <rect width="${count}" height="1" data-count="${count}" />
  </svg>`;
}

/** A histogram, a strip that shows where the middle of the values lies, and the same bins as a table. */
export function renderHistogram(numbers: NumberStatistics, { caption }: { caption: string }): Html {
  const { histogram: bins } = numbers;
  const names = nameBins(bins);
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const bars = bins.map(
    ({ count }, index) =>
      html`<rect x="${index + 0.04}" y="${most - count}" width="0.92" height="${count}" data-count="${count}">
        <title>${names[index] ?? ''}: ${formatCount(count)}</title></rect
      >`,
  );
  const rows = bins.map((bin, index) => ({ label: names[index] ?? '', count: bin.count }));
  return html`<figure>
    <figcaption>${caption}</figcaption>
    <svg
      class="histogram"
      viewBox="0 0 ${bins.length} ${most}"
      preserveAspectRatio="none"
      role="img"
      aria-label="histogram: ${caption}"
    >
      ${bars}
    </svg>
    ${renderSpread(numbers)}${renderAxis(bins, names)}
    <details>
      <summary>the bars as a table</summary>
      ${renderBars(rows, { caption, whole: numbers.count })}
    </details>
  </figure>`;
}

/** From 5 % to 95 % of the values a line, the middle half a box, the median a stroke. */
function renderSpread({ histogram: bins, quantiles: { p5, p25, p50, p75, p95 } }: NumberStatistics): Html {
  const [start, end] = [bins[0]?.from ?? 0, bins.at(-1)?.to ?? 1];
  if (bins.length < 2) return html``;
  // A bar of whole numbers stands around its number.
  const shift = areSingleNumbers(bins) ? 0.5 : 0;
  const at = (value: number) => Number(((1000 * (value + shift - start)) / (end - start)).toFixed(2));
  const words = `half of the values lie between ${formatNumber(p25)} and ${formatNumber(p75)}, the median is ${formatNumber(p50)}, nine in ten lie between ${formatNumber(p5)} and ${formatNumber(p95)}`;
  return html`<svg class="spread" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label="${words}">
    <title>${words}</title>
    <line x1="${at(p5)}" x2="${at(p95)}" y1="5" y2="5" />
    <rect x="${at(p25)}" y="1" width="${Math.max(2, at(p75) - at(p25))}" height="8" />
    <line x1="${at(p50)}" x2="${at(p50)}" y1="0" y2="10" />
  </svg>`;
}

/** Labels at edges of bins, or below the bars where each stands for one number. */
function renderAxis(bins: readonly Bin[], names: readonly string[]): Html {
  const count = bins.length;
  const isSingle = areSingleNumbers(bins);
  const places = isSingle ? count : count + 1;
  const step = Math.ceil(places / mostLabels);
  const edges = [...bins.map(({ from }) => formatNumber(from)), formatNumber(bins.at(-1)?.to ?? 0)];
  const labels = Array.from({ length: Math.ceil(places / step) }, (_, index) => index * step).map((place) => {
    const left = ((place + (isSingle ? 0.5 : 0)) / count) * 100;
    const side = isSingle ? '' : place === 0 ? 'first' : place === count ? 'last' : '';
    return html`<span class="${side}" style="left:${left.toFixed(2)}%"
      >${(isSingle ? names : edges)[place] ?? ''}</span
    >`;
  });
  return html`<div class="axis" aria-hidden="true">${labels}</div>`;
}
