import {
  blocks as blockRegistry,
  configSchema,
  DgtError,
  EmbeddingProvider,
  findInnerBlocks,
  findNearest,
  formatPlace,
  type InnerBlockFamily,
} from '@dgt/core';
import type { BlockClass, BlockClasses, BlockConfig, DataBuilderClass } from '@dgt/core';
import { findDGTDifference } from './dgt-differences.js';
import { findMapProblems } from './field-maps.js';
import { applyLMOverride, findDroppedKeys, isModelBlock, type LMOverride } from './lm-override.js';
import type { Place, Problems } from './problems.js';
import { checkAgainstSchema } from './schema-problems.js';
import type { DocumentPath, PlainMapping, YamlDocument } from './yaml-document.js';

/** One entry under `blocks:` or `postprocessors:`, with the class that its type names. */
export interface BlockEntry {
  readonly config: BlockConfig;
  /** Undefined when it could not be loaded; that has been reported. */
  readonly class: BlockClass | undefined;
  readonly path: DocumentPath;
  /** Where it stands, as a whole. */
  readonly place: Place;
}

/** Reads the block entries of one builder file and reports all that is wrong with them. */
export class BlockEntryReader {
  readonly #document: YamlDocument;
  readonly #builderClass: DataBuilderClass | undefined;
  readonly #problems: Problems;
  readonly #lm: LMOverride | undefined;
  readonly #dropped = new Set<string>();

  constructor(options: {
    document: YamlDocument;
    builderClass: DataBuilderClass | undefined;
    problems: Problems;
    lm: LMOverride | undefined;
  }) {
    this.#document = options.document;
    this.#builderClass = options.builderClass;
    this.#problems = options.problems;
    this.#lm = options.lm;
  }

  async readBlocks(): Promise<BlockEntry[]> {
    const entries: BlockEntry[] = [];
    for (const { value, path } of this.#listEntries('blocks')) {
      if (typeof value['name'] !== 'string' || typeof value['type'] !== 'string') continue;
      const twin = entries.find(({ config }) => config.name === value['name']);
      if (twin !== undefined) {
        this.#report(
          [...path, 'name'],
          `the block "${twin.config.name}" is declared twice, first in line ${twin.place.line}`,
        );
        continue;
      }
      const entry = await this.#readEntry(value as BlockConfig, path);
      await this.#checkEntry(entry, (place) => [...path, ...place]);
      entries.push(entry);
    }
    return entries;
  }

  async readPostprocessors(declared: readonly BlockEntry[]): Promise<BlockEntry[]> {
    const entries: BlockEntry[] = [];
    for (const { value, path } of this.#listEntries('postprocessors')) {
      if (typeof value['name'] !== 'string') continue;
      const base = declared.find(({ config }) => config.name === value['name']);
      if (base === undefined) {
        this.#reportUndeclared(value['name'], declared, path);
        continue;
      }
      const own = this.#document.value['blocks'] as PlainMapping[];
      const merged = { ...own[Number(base.path[1])], ...value } as BlockConfig;
      if (Object.keys(value).length === 1) {
        entries.push({ ...base, path, place: this.#document.locate(path) });
        continue;
      }
      const entry = await this.#readEntry(merged, path);
      // What only the block's own entry says has been checked there, unless it is read as another type here.
      await this.#checkEntry(entry, (place) => {
        if (Object.hasOwn(value, String(place[0] ?? ''))) return [...path, ...place];
        return Object.hasOwn(value, 'type') ? path : undefined;
      });
      entries.push(entry);
    }
    return entries;
  }

  /** Whether a place of the document is left out because `--lm` replaces it. */
  isDropped(path: DocumentPath): boolean {
    return path.some((_step, index) => this.#dropped.has(formatPlace(path.slice(0, index + 1))));
  }

  async #readEntry(written: BlockConfig, path: DocumentPath): Promise<BlockEntry> {
    const needed = written.name === undefined ? undefined : this.#builderClass?.blocks[written.name];
    const place = this.#document.locate(path);
    if (this.#lm !== undefined && needed !== undefined && isModelBlock(needed))
      return this.#override(written, path, this.#lm);
    const loaded = await this.#loadClass(written, path);
    if (this.#lm !== undefined && loaded !== undefined && isModelBlock(loaded))
      return this.#override(written, path, this.#lm);
    return { config: this.#overrideInner(written, loaded, path), class: loaded, path, place };
  }

  #override(written: BlockConfig, path: DocumentPath, lm: LMOverride): BlockEntry {
    const config = this.#applyOverride(written, path, lm);
    return { config, class: lm.class, path, place: this.#document.locate(path) };
  }

  #applyOverride(written: BlockConfig, path: DocumentPath, lm: LMOverride): BlockConfig {
    for (const key of [...findDroppedKeys(written, lm), 'type', 'model_id_or_path']) {
      this.#dropped.add(formatPlace([...path, key]));
    }
    return applyLMOverride(written, lm);
  }

  /** With `--lm`, the language models behind a block that is none itself are replaced too. */
  #overrideInner(written: BlockConfig, blockClass: BlockClass | undefined, path: DocumentPath): BlockConfig {
    if (this.#lm === undefined || blockClass === undefined) return written;
    const config: Record<string, unknown> = { ...written };
    for (const { field, family } of findInnerBlocks(blockClass.configFields)) {
      const inner = config[field];
      if (family === 'language model' && isMapping(inner))
        config[field] = this.#applyOverride(inner as BlockConfig, [...path, field], this.#lm);
    }
    return config as BlockConfig;
  }

  async #loadClass({ type }: BlockConfig, path: DocumentPath): Promise<BlockClass | undefined> {
    // A module that did not load may be the one that registers the type.
    if (this.#builderClass === undefined && !blockRegistry.names().includes(type)) return undefined;
    try {
      return await blockRegistry.load(type);
    } catch (error) {
      const place = [...path, 'type'];
      const difference = blockRegistry.names().includes(type) ? undefined : findDGTDifference('block type', type);
      if (difference !== undefined) this.#report(place, difference.problem, difference.hint);
      else if (!DgtError.isInstance(error))
        this.#report(place, `block type "${type}" cannot be loaded: ${(error as Error).message}`);
      else
        this.#problems.addError(error, {
          ...this.#document.locate(place),
          path: formatPlace(place),
        });
      return undefined;
    }
  }

  async #checkEntry(
    { config, class: blockClass }: Pick<BlockEntry, 'config' | 'class'>,
    placeOf: (path: DocumentPath) => DocumentPath | undefined,
  ): Promise<void> {
    if (blockClass === undefined || !this.#isOfFamily(config, blockClass)) return;
    await this.#checkInner(config, blockClass, placeOf);
    const checked = checkAgainstSchema(configSchema(blockClass), config, {
      problems: this.#problems,
      originOf: (place) => {
        const path = placeOf(place);
        return path && { document: this.#document, path };
      },
      judgeUnknownKey: (key, place) => (place.length === 0 && findDGTDifference('block key', key)) || 'report',
    });
    if (checked === undefined) return;
    for (const { path: place, problem, hint } of findMapProblems(config.name as string, config, blockClass)) {
      const path = placeOf(place);
      if (path !== undefined) this.#report(path, problem, hint);
    }
  }

  /** Checks the entries of other blocks that stand in the configuration of one. */
  async #checkInner(
    config: BlockConfig,
    blockClass: BlockClass,
    placeOf: (path: DocumentPath) => DocumentPath | undefined,
  ): Promise<void> {
    for (const { field, family } of findInnerBlocks(blockClass.configFields)) {
      const inner = config[field] as BlockConfig | undefined;
      const path = placeOf([field]);
      // Of another shape: the schema of the outer block says it.
      if (path === undefined || !isMapping(inner) || typeof inner.type !== 'string' || inner.type === '') continue;
      const loaded = await this.#loadClass(inner, path);
      if (loaded === undefined) continue;
      const isRight = family === 'language model' ? isModelBlock(loaded) : isOfFamily(loaded, EmbeddingProvider);
      if (isRight) await this.#checkEntry({ config: inner, class: loaded }, (place) => placeOf([field, ...place]));
      else
        this.#report(
          [...path, 'type'],
          `expected the type of a block that is ${nameFamily(family)}, got "${inner.type}"`,
        );
    }
  }

  /** What is configured for a block of the wrong family says nothing of use about the right one. */
  #isOfFamily({ name = '' }: BlockConfig, blockClass: BlockClass): boolean {
    const family = this.#builderClass?.blocks[name];
    return family === undefined || isOfFamily(blockClass, family);
  }

  #reportUndeclared(name: string, declared: readonly BlockEntry[], path: DocumentPath): void {
    const names = declared.map(({ config }) => config.name as string);
    const nearest = findNearest(name, names);
    const advice =
      nearest === undefined ? `; declared: ${names.join(', ') || 'none'}` : ` (did you mean "${nearest}"?)`;
    this.#report([...path, 'name'], `no block "${name}" is declared under blocks:${advice}`);
  }

  *#listEntries(key: string): Generator<{ value: PlainMapping; path: DocumentPath }> {
    const list = this.#document.value[key];
    if (!Array.isArray(list)) return;
    for (const [index, value] of list.entries()) {
      if (typeof value === 'object' && value !== null && !Array.isArray(value))
        yield { value: value as PlainMapping, path: [key, index] };
    }
  }

  #report(path: DocumentPath, problem: string, hint?: string): void {
    this.#problems.add({
      ...this.#document.locate(path),
      path: formatPlace(path),
      problem,
      hint,
      code: 'DGT_CONFIG_INVALID',
    });
  }
}

function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameFamily(family: InnerBlockFamily): string {
  return family === 'language model' ? 'a language model' : 'an embedding model';
}

/** Whether a class is the one that a data builder asks for, or extends it. */
export function isOfFamily(blockClass: BlockClass, family: BlockClasses[string]): boolean {
  return (
    blockClass === (family as unknown) || (blockClass as unknown as { prototype: unknown }).prototype instanceof family
  );
}
