import type { ComposePage, FrontPage } from '@dgt/core';
import type { CardFacts } from './card-facts.js';
import { makeHubConfigs } from './data-files.js';
import { describePart, renderCard, type CardPart } from './dataset-card.js';
import { isSealed, sealText } from './seal.js';
import type { CardOptions } from './write-card.js';

/** A part of a card of a hub, which may tell of rows that come from several tasks. */
interface HubPart extends CardPart {
  /** Tells it from the others: the folder and the split that its rows go to. */
  readonly key: string;
}

/** A line that only machines read, before the text of a part: all of it but the text, and how many lines that has. */
const mark = /^<!-- dgt: (\{.*\}) -->$/;

/**
 * Makes the front page of a dataset of a hub: what was there of other tasks stays, word by word, beside what is to be said of this
 * one. A page that somebody wrote or edited is left as it is.
 */
export function composeHubCard(facts: CardFacts, page: FrontPage, { now, redact }: CardOptions): ComposePage {
  const time = now();
  return ({ page: before, files }) => {
    if (before !== undefined && !isSealed(before)) return undefined;
    const { dataset: path, revision } = page;
    const configs = makeHubConfigs(facts, page, files);
    const part = describePart(facts, { path, revision, configs, others: [] }, time);
    const own: HubPart = { ...part, text: redact(part.text), key: `${page.folder}/${page.split}` };
    const others = readParts(before ?? '').filter(({ key }) => key !== own.key);
    const parts = [...others, own].sort((a, b) => (a.key < b.key ? -1 : 1));
    return sealText(redact(renderCard(parts, path, writePart)));
  };
}

function writePart({ text, ...known }: HubPart): string {
  const data = JSON.stringify({ ...known, lines: text.split('\n').length });
  return `<!-- dgt: ${data.replaceAll('>', '\\u003e')} -->\n\n${text}`;
}

function readParts(page: string): HubPart[] {
  const parts: HubPart[] = [];
  const lines = page.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const [, data] = mark.exec(lines[at] ?? '') ?? [];
    if (data === undefined) continue;
    const { lines: count, ...known } = JSON.parse(data) as Omit<HubPart, 'text'> & { lines: number };
    // What a text holds that looks like a mark is none.
    parts.push({ ...known, text: lines.slice(at + 2, at + 2 + count).join('\n') });
    at += 1 + count;
  }
  return parts;
}
