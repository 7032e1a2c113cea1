/** A dataset of a hub that rows go to: what its front page has to know, and the page itself. */
export interface FrontPage {
  /** As loaders name it: `owner/name`. */
  readonly dataset: string;
  /** The branch; undefined for the main one. */
  readonly revision: string | undefined;
  /** The folder in it that the rows go to; empty for all of it. */
  readonly folder: string;
  /** The split that the rows are called after. */
  readonly split: string;
  /** Where a file is there, by its name without an ending here: `final_data-00001`. */
  pathOf(name: string): string;
  /** Writes the page in one commit, after what is there at that time. */
  rewrite(compose: ComposePage, options?: { readonly signal?: AbortSignal }): Promise<'written' | 'unchanged' | 'left'>;
}

/** What a dataset of a hub holds. */
export interface PageSurroundings {
  /** The page as it is; undefined where there is none. */
  readonly page: string | undefined;
  /** The files in the folder that rows go to, by their paths in the dataset. */
  readonly files: readonly string[];
}

/** Gives the page that is to be there, as often as another writer was first; undefined to leave it as it is. */
export type ComposePage = (there: PageSurroundings) => string | undefined;
