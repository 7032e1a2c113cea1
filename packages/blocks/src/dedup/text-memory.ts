/** The remembered text that is most like another one. */
export interface Closest {
  /** Its number, in the order of {@link TextMemory.add} from 0. */
  readonly entry: number;
  /** How like it is, from 0 to 1. */
  readonly score: number;
}

/** Remembers texts and finds the one that is most like a further text: what one deduplicator differs by from another. */
export interface TextMemory<Passage = unknown> {
  /** Prepares a text for the other two. */
  read(text: string): Passage;
  add(passage: Passage): void;
  /**
   * The entry with the highest score, the first added of several, if its score reaches `floor`. A memory that finds only
   * what reaches the threshold may leave out entries below it, even if the floor is lower.
   */
  findClosest(passage: Passage, floor: number): Closest | undefined;
}
