/** What a reader sees of a page. Runs in the browser. */
export function lookAtPage(document) {
  const root = document.documentElement;
  const window = document.defaultView;
  const sizes = (selector, side) =>
    [...document.querySelectorAll(selector)].map((whole) => {
      const bars = [...whole.querySelectorAll('rect[data-count]')];
      return bars.map((bar) => ({ count: Number(bar.dataset['count']), size: bar.getBoundingClientRect()[side] }));
    });
  const brightness = (color) => {
    const linear = (color.match(/[\d.]+/g) ?? []).slice(0, 3).map((part) => {
      const share = Number(part) / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    const [red = 0, green = 0, blue = 0] = linear;
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    const color = element === null ? 'rgb(255, 255, 255)' : window.getComputedStyle(element).backgroundColor;
    return color === 'rgba(0, 0, 0, 0)' && element !== null ? behind(element.parentElement) : color;
  };
  const contrast = (one, other) => {
    const [low = 0, high = 0] = [brightness(one), brightness(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const texts = [
    ...document.querySelectorAll('h1, h2, p, b, li, th, td, caption, figcaption, summary, a, footer, .axis span'),
  ];
  return {
    overflow: root.scrollWidth - root.clientWidth,
    tables: sizes('table:not(details table)', 'width').filter((bars) => bars.length > 0),
    histograms: sizes('.histogram', 'height'),
    textContrast: Math.min(...texts.map((text) => contrast(window.getComputedStyle(text).color, behind(text)))),
    barContrast: Math.min(
      ...[...document.querySelectorAll('rect[data-count]')].map((bar) =>
        contrast(window.getComputedStyle(bar).fill, behind(bar.closest('section'))),
      ),
    ),
    paper: brightness(window.getComputedStyle(document.body).backgroundColor),
    elements: [...new Set([...document.body.querySelectorAll('*')].map(({ localName }) => localName))].sort(),
    links: [...document.links].map((link) => link.getAttribute('href')),
    cells: [...document.querySelectorAll('td')].map(({ textContent }) => textContent),
    words: document.body.textContent,
    scripts: document.scripts.length,
    loaded: window.performance.getEntriesByType('resource').length,
    picturesWithoutWords: document.querySelectorAll('svg:not([aria-label]):not([aria-hidden])').length,
  };
}
