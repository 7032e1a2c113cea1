import type { PipelineHost } from './pipeline-host.js';

/** Which tag is read, and how much of it. */
export interface TagExtractorOptions {
  /** The name of the tag, without brackets. */
  readonly patternName: string;
  /** Every tag as a list, or with `false` the first alone. @defaultValue true */
  readonly toList?: boolean;
}

/** Gives the texts within tags: a list of them, or the first; an empty list, or null, where there is none. */
export type TagExtractor = (response: string) => readonly string[] | string | null;

/**
 * Makes a function that finds every `<draft ...>...</draft>` of a response, in upper or lower case, over several lines, with
 * attributes or without, and gives the texts within, trimmed.
 *
 * @throws {@link ConfigError} DGT_BLOCK_CONFIG for what cannot be the name of a tag.
 */
export function createTagExtractor(
  { patternName, toList = true }: TagExtractorOptions,
  host: Pick<PipelineHost, 'createTagReader'>,
): TagExtractor {
  const read = host.createTagReader(patternName);
  return (response) => {
    const texts = read(response);
    return toList ? texts : (texts[0] ?? null);
  };
}
