import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const program = '/usr/bin/chromium';
const run = promisify(execFile);

/** No window, and no calls home. */
const quiet = '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking '
  .concat('--disable-component-update --disable-sync')
  .split(' ');

/** Why pages cannot be looked at here; undefined where they can, and where CI says that they must. */
export const chromiumMissing =
  existsSync(program) || process.env['DGT_TEST_CHROMIUM'] === 'required' ? undefined : `${program} is not installed`;

/** How a page is looked at. */
export interface View {
  readonly page: string;
  readonly dark?: boolean;
}

/** A bar of a picture. */
export interface SeenBar {
  readonly count: number;
  /** @unit pixels */
  readonly size: number;
}

/** What a reader sees of a page. */
export interface SeenPage {
  /** How much wider the page is than its window. @unit pixels */
  readonly overflow: number;
  /** The bars of each table. */
  readonly tables: readonly (readonly SeenBar[])[];
  readonly histograms: readonly (readonly SeenBar[])[];
  /** The least contrast of any text, and of any bar, with what is behind it. */
  readonly textContrast: number;
  readonly barContrast: number;
  /** The brightness of the page. Range: 0 to 1 */
  readonly paper: number;
  /** The names of all elements in it, each once. */
  readonly elements: readonly string[];
  readonly links: readonly string[];
  /** What the cells of tables say. */
  readonly cells: readonly string[];
  readonly words: string;
  readonly scripts: number;
  /** Files that the page loaded. */
  readonly loaded: number;
  readonly picturesWithoutWords: number;
}

/** Shows a page in frames of some widths, and measures what is seen in each. */
export async function lookAtPage({ page, dark = false }: View, widths: readonly number[]): Promise<SeenPage[]> {
  const look = readFileSync(new URL('look-at-page.js', import.meta.url), 'utf8').replace('export ', '');
  const frames = widths.map(
    (width) =>
      `<iframe style="width:${width}px;height:900px;border:0" srcdoc="${page.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"></iframe>`,
  );
  const script = `addEventListener('load', () => {
    ${look}
    const found = [...document.querySelectorAll('iframe')].map((frame) => lookAtPage(frame.contentDocument));
    document.body.innerHTML = '';
    document.body.dataset.found = encodeURIComponent(JSON.stringify(found));
  });`;
  const dumped = await open(`<!doctype html><body>${frames.join('')}<script>${script}</script></body>`, dark, [
    '--dump-dom',
  ]);
  const [, found] = /data-found="([^"]*)"/.exec(dumped) ?? [];
  if (found === undefined) throw new Error(`the page did not load: ${dumped.slice(0, 2000)}`);
  return JSON.parse(decodeURIComponent(found)) as SeenPage[];
}

/** Makes a picture of a page. */
export async function photographPage(
  { page, dark = false }: View,
  { file, width, height }: { file: string; width: number; height: number },
): Promise<void> {
  await open(page, dark, [`--screenshot=${file}`, `--window-size=${width},${height}`, '--hide-scrollbars']);
}

async function open(page: string, dark: boolean, flags: readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'dgt-chromium-'));
  try {
    const file = join(folder, 'page.html');
    writeFileSync(file, page);
    const { stdout } = await run(
      program,
      [
        ...quiet,
        `--user-data-dir=${join(folder, 'profile')}`,
        `--blink-settings=preferredColorScheme=${dark ? 0 : 1}`,
        ...flags,
        `file://${file}`,
      ],
      { maxBuffer: 1 << 26 },
    );
    return stdout;
  } finally {
    // The browser may still be closing its files.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}
