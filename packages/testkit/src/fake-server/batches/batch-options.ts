/** How a batch ends. `failed`: its input file is refused. */
export type BatchEnding = 'completed' | 'failed' | 'expired' | 'cancelled';

/** How batches of OpenAI's API go, and what is wrong with their results. Shares are drawn for each line, from its id. */
export interface BatchOptions {
  /** How long each state lasts; when left out, a batch is one state further each time it is retrieved. @unit milliseconds */
  readonly stateMs?: number;
  /** How the first, the second ... batch ends; all others end like the last of these. @defaultValue ['completed'] */
  readonly endings?: readonly BatchEnding[];
  /** The share of lines that are answered before a batch expires or is cancelled. @defaultValue 0.5 */
  readonly doneShare?: number;
  /** The share of lines that fail with a 500, in the error file. @defaultValue 0 */
  readonly failedShare?: number;
  /** The share of lines that stand in their file twice. @defaultValue 0 */
  readonly duplicateShare?: number;
  /** The share of lines that stand in no file. @defaultValue 0 */
  readonly missingShare?: number;
  /** The share of lines of the output file that have the status 0 and no answer. @defaultValue 0 */
  readonly statusZeroShare?: number;
  /**
   * Which files a batch that has ended names: those that have lines, both whether or not, or neither.
   * @defaultValue 'needed'
   */
  readonly files?: 'needed' | 'both' | 'none';
  /** Batches fail when their prompts and those of all batches that have not ended are longer. @unit tokens */
  readonly maxEnqueuedTokens?: number;
  /** Another seed, other draws and another order of lines. @defaultValue 0 */
  readonly seed?: number;
}
