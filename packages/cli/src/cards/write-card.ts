import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readCardFacts, type CardSubject } from './card-facts.js';
import { describeParts, renderCard } from './dataset-card.js';
import { isSealed, sealText } from './seal.js';

/** The file of a card: the one that hubs and people look for. */
export const cardName = 'README.md';

/** What came of writing a card. */
export interface WrittenCard {
  readonly file: string;
  /** `edited`: somebody changed the file or wrote it, so it stays as it is. */
  readonly outcome: 'written' | 'unchanged' | 'edited';
}

/** How a card is made. */
export interface CardOptions {
  /** Milliseconds since 1970. */
  now(): number;
  readonly redact: (text: string) => string;
}

/** The card of a folder. */
export function makeCard(subject: CardSubject, now: number): string {
  return renderCard(describeParts(subject, now), basename(subject.folder));
}

/**
 * Writes the card of the dataset of a folder, or of all datasets below it, each time whole and from what the folders say: several
 * that write at once leave one card or the other, never a mixture, and none that is older than what it tells of.
 */
export async function writeCard(path: string, options: CardOptions): Promise<WrittenCard> {
  for (;;) {
    const subject = await readCardFacts(path);
    const written = await placeCard(subject, options);
    // A run that has ended meanwhile wrote its card before this one.
    const wasLive = subject.datasets.some(({ live }) => live !== undefined);
    if (written.outcome !== 'written' || !wasLive || (await isSame(subject, path))) return written;
  }
}

/** Lays the card of what is known already into its folder, unless somebody's words are there. */
export async function placeCard(subject: CardSubject, { now, redact }: CardOptions): Promise<WrittenCard> {
  const file = join(subject.folder, cardName);
  const before = await readFile(file, 'utf8').catch(() => undefined);
  if (before !== undefined && !isSealed(before)) return { file, outcome: 'edited' };
  const text = sealText(redact(makeCard(subject, now())));
  if (text === before) return { file, outcome: 'unchanged' };
  await replaceFile(file, text);
  return { file, outcome: 'written' };
}

async function isSame(subject: CardSubject, path: string): Promise<boolean> {
  const statesOf = ({ datasets }: CardSubject) => datasets.map(({ status }) => status.status).join();
  return statesOf(subject) === statesOf(await readCardFacts(path));
}

/** Whoever writes has a draft of its own. */
async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(draft, text);
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}
