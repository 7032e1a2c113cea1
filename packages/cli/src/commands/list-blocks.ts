import { blocks, LMProvider, SequenceValidator, ValidatorBlock, type BlockClass } from '@dgt/core';
import type { CommandSession } from '../command-session.js';
import { announcePlugIns } from '../plug-ins.js';
import { printList } from '../printing/listing.js';
import { toOneLine } from '../printing/plain-text.js';
import { showPath } from '../printing/paths.js';
import type { ListFlags } from '../program.js';

/** A block as it is listed. */
interface ListedBlock {
  readonly name: string;
  /** What it must know of other rows. */
  readonly scope: string;
  readonly description: string;
  /** File and line where it is registered. */
  readonly place: string | null;
}

/** `dgt list blocks`: the block types that the YAML of a data builder can name. */
export async function listBlocks(_flags: ListFlags, session: CommandSession): Promise<number> {
  announcePlugIns();
  const items: ListedBlock[] = [];
  for (const name of blocks.names()) items.push(await describeBlock(name));
  const { workingFolder } = session.context;
  return printList(session, {
    key: 'blocks',
    items,
    columns: ({ name, scope, description, place }) => [
      name,
      scope,
      description,
      place === null ? '' : showPath(place, workingFolder),
    ],
    problems: [],
  });
}

async function describeBlock(name: string): Promise<ListedBlock> {
  try {
    const block = await blocks.load(name);
    return { name, scope: block.scope, description: describeKind(block), place: blocks.originOf(name) ?? null };
  } catch (error) {
    // A block whose package is not complete on this machine is no reason to hide the others.
    const reason = toOneLine(error instanceof Error ? error.message : String(error), 80);
    return { name, scope: '-', description: `cannot be loaded: ${reason}`, place: null };
  }
}

function describeKind(block: BlockClass): string {
  const { prototype } = block as unknown as { prototype: unknown };
  if (prototype instanceof LMProvider) return 'calls a language model';
  if (prototype instanceof SequenceValidator) return 'judges each row by the rows before it';
  if (prototype instanceof ValidatorBlock) return 'judges each row';
  return 'works on rows';
}
