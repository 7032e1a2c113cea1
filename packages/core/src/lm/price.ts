/** What a million tokens of a model cost, in US dollars. */
export type ModelPrice = {
  readonly input: number;
  readonly output: number;
  /** Of the prompt's tokens that the server had cached. @defaultValue as `input` */
  readonly cached_input?: number;
  /** What part of the price an answer costs that comes hours later, through a batch interface. @defaultValue 1 */
  readonly batch?: number;
  /** The day on which the list had this price; none for a price that the user gave. */
  readonly as_of?: string;
};
