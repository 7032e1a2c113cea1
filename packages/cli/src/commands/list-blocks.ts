import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  blocks,
  DatasetValidator,
  DgtError,
  EmbeddingProvider,
  LMProvider,
  SequenceValidator,
  ValidatorBlock,
  type BlockClass,
} from '@dgt/core';
import { createModuleLoader, findBuilders, Problems } from '@dgt/runner';
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
  /** Who announced it: dgt, or the package.json of a plug-in; null for one that is registered beside a data builder. */
  readonly from: string | null;
  /** File and line where it is registered. */
  readonly place: string | null;
}

/** `dgt list blocks`: the block types that the YAML of a data builder can name, authors' own among them. */
export async function listBlocks(flags: ListFlags, session: CommandSession): Promise<number> {
  const { builderRoots } = announcePlugIns(session.context.workingFolder);
  const problems = await loadAuthorsBlocks(flags, session, builderRoots);
  const items: ListedBlock[] = [];
  for (const name of blocks.names()) items.push(await describeBlock(name));
  const { workingFolder } = session.context;
  return printList(session, {
    key: 'blocks',
    items,
    columns: ({ name, scope, description, from, place }) => [
      name,
      scope,
      description,
      from === null ? '' : showSource(from, workingFolder),
      place === null ? '' : showPath(place, workingFolder),
    ],
    problems: problems.list(),
  });
}

/** Imports the builders of the searched folders, which registers the blocks that live beside them. */
async function loadAuthorsBlocks(
  { paths, includeBuilders }: ListFlags,
  session: CommandSession,
  plugInRoots: readonly string[],
): Promise<Problems> {
  const { workingFolder, environment } = session.context;
  const problems = new Problems({ workingFolder, secrets: session.secrets });
  const ownFolder = existsSync(join(workingFolder, 'builders')) ? ['builders'] : [];
  const roots = [...(paths.length > 0 ? paths : ownFolder), ...includeBuilders, ...plugInRoots];
  const context = { problems, environment, secrets: session.secrets, workingFolder };
  const { builders } = await findBuilders(roots, { workingFolder, context });
  const found = [...builders.values()].flat();
  const load = await createModuleLoader({ roots: found.map(({ folder }) => folder), hostUrl: import.meta.url });
  for (const { name, module, folder, yamlFile } of found) {
    try {
      await load({ builder: name, file: module, folder });
    } catch (error) {
      if (!DgtError.isInstance(error)) throw error;
      problems.addError(error, { file: yamlFile });
    }
  }
  return problems;
}

/** A short name of an announcer: without the file that says it. */
function showSource(from: string, workingFolder: string): string {
  return showPath(from.replace(/ \(.*$/, ''), workingFolder);
}

async function describeBlock(name: string): Promise<ListedBlock> {
  const from = blocks.announcerOf(name) ?? null;
  try {
    const block = await blocks.load(name);
    return { name, scope: block.scope, description: describeKind(block), from, place: blocks.originOf(name) ?? null };
  } catch (error) {
    // A block whose package is not complete on this machine is no reason to hide the others.
    const { reason: known } = DgtError.isInstance(error) ? (error.details as { reason?: string }) : {};
    const reason = toOneLine(known ?? (error instanceof Error ? error.message : String(error)), 80);
    return { name, scope: '-', description: `cannot be loaded: ${reason}`, from, place: null };
  }
}

function describeKind(block: BlockClass): string {
  const { prototype } = block as unknown as { prototype: unknown };
  if (prototype instanceof LMProvider) return 'calls a language model';
  if (prototype instanceof EmbeddingProvider) return 'embeds texts with a model';
  if (prototype instanceof SequenceValidator) return 'judges each row by the rows before it';
  if (prototype instanceof ValidatorBlock) return 'judges each row';
  if (prototype instanceof DatasetValidator) return 'judges the whole dataset';
  return 'works on rows';
}
