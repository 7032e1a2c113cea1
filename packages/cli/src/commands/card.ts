import { resolve } from 'node:path';
import { readCardFacts } from '../cards/card-facts.js';
import { describeParts } from '../cards/dataset-card.js';
import { makeFrontMatter } from '../cards/front-matter.js';
import { makeCard, writeCard } from '../cards/write-card.js';
import type { CommandSession } from '../command-session.js';
import { showPath } from '../printing/paths.js';
import type { CardFlags } from './card-flags.js';

/** `dgt card`: the card of a dataset, or of all datasets of a folder. */
export async function card({ path, write = false }: CardFlags, session: CommandSession): Promise<number> {
  const { context, secrets } = session;
  const place = resolve(context.workingFolder, path);
  if (write) {
    const { file, outcome } = await writeCard(place, {
      now: () => context.now(),
      redact: (text) => secrets.redact(text),
    });
    if (session.json) session.printJson({ file, outcome, exit_code: 0 });
    else session.print(`${showPath(file, context.workingFolder)}: ${describe[outcome]}`);
    return 0;
  }
  const subject = await readCardFacts(place);
  const text = makeCard(subject, context.now());
  if (session.json)
    session.printJson({ front_matter: makeFrontMatter(describeParts(subject, context.now())), text, exit_code: 0 });
  else session.print(text.trimEnd());
  return 0;
}

const describe = {
  written: 'written',
  unchanged: 'up to date',
  edited: 'was edited, and stays; `dgt card` prints what it would be',
} as const;
