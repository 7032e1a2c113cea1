import {
  Lane,
  ProviderError,
  RunError,
  SequenceValidator,
  markRow,
  type AnyBlock,
  type BlockContext,
  type Gate,
  type GateContext,
  type Json,
  type LaneScope,
  type Row,
  type Verdict,
} from '@dgt/core';
import type { Recorder, Rejection, RowFailure } from '@dgt/core';
import type { OutcomeDetail, StoredOutcome } from '../ledger/outcome.js';
import { createCandidate, type Candidate, type MadeRow } from './candidate.js';
import { Turnstile } from './turnstile.js';

/** Names a row that a gate remembers: a seed, or a place in an attempt. A number, since a gate may hold millions. */
export type RowLabel = number;

/** Rows of one attempt that labels can tell apart. */
export const rowsPerAttempt = 2 ** 20;

/** The `stage` of a row that went through all stages and then turned out not to be what the task declares. */
export const afterStages = 'output';

export function labelRow(attempt: number, position: number): RowLabel {
  return attempt * rowsPerAttempt + position;
}

export function labelSeed(index: number): RowLabel {
  return -1 - index;
}

/** The inverse of {@link labelRow} and {@link labelSeed}. */
export function readLabel(label: RowLabel): { seed: number } | { attempt: number; position: number } {
  if (label < 0) return { seed: -1 - label };
  return { attempt: Math.floor(label / rowsPerAttempt), position: label % rowsPerAttempt };
}

/** The memory of a sequence stage, and the order in which attempts come to it. */
interface Sequence {
  readonly validator: SequenceValidator;
  readonly turnstile: Turnstile;
  readonly gate: Gate<object>;
}

interface Stage {
  /** The name of its block, numbered where a block stands in several places. */
  readonly name: string;
  readonly block: AnyBlock;
  readonly sequence: Sequence | undefined;
}

/** What a stage made of one row of an attempt. */
export interface StageVerdict {
  readonly attempt: number;
  readonly position: number;
  readonly stage: string;
  /** `marked`: it did not pass, and stays all the same, since the block does not filter. */
  readonly verdict: 'passed' | 'marked' | 'rejected' | 'error';
  readonly reason?: string | undefined;
  readonly score?: number | undefined;
  /** The row as the stage found it. */
  readonly before: Row;
  /** The row as the stage left it. */
  readonly after: Row;
}

/** What {@link Stages.open} takes. */
export interface StagesOptions {
  /** The number of the first attempt that this run makes. */
  readonly firstAttempt: number;
  /** The task whose rows pass, for gates that look beyond it. */
  readonly task?: GateContext['task'];
  /** The {@link Gate.pin} of each stage in the run before. */
  readonly pinned?: Readonly<Record<string, Json>> | undefined;
  /** For calls that opening takes. */
  readonly lane: Lane;
  /** Told what each stage makes of each row. */
  readonly onVerdict?: ((verdict: StageVerdict) => void) | undefined;
}

/**
 * The postprocessors of one task, in their order. Stages of scope `row` work on all rows of all attempts at once; a stage
 * of scope `sequence` takes attempts in order, and compares with everything that passed it earlier, whatever later
 * stages decide.
 */
export class Stages {
  readonly #stages: readonly Stage[];
  readonly #onVerdict: StagesOptions['onVerdict'];

  private constructor(stages: readonly Stage[], onVerdict: StagesOptions['onVerdict']) {
    this.#stages = stages;
    this.#onVerdict = onVerdict;
  }

  /** Opens the memory of every sequence stage. */
  static async open(blocks: readonly AnyBlock[], options: StagesOptions): Promise<Stages> {
    const { firstAttempt, task, pinned = {}, lane, onVerdict } = options;
    const names = nameStages(blocks);
    const open = async (validator: SequenceValidator, name: string, index: number): Promise<Sequence> => ({
      validator,
      turnstile: new Turnstile(firstAttempt),
      gate: (await validator.prepareGate({
        lane: lane.at(index),
        ...(task !== undefined && { task }),
        pinned: pinned[name],
      })) as Gate<object>,
    });
    const stages = blocks.map(async (block, index): Promise<Stage> => {
      const name = names[index] as string;
      return { name, block, sequence: block instanceof SequenceValidator ? await open(block, name, index) : undefined };
    });
    return new Stages(await Promise.all(stages), onVerdict);
  }

  /** What the stages are called, in their order. */
  get names(): readonly string[] {
    return this.#stages.map(({ name }) => name);
  }

  /** Whether any stage remembers rows. */
  get hasMemory(): boolean {
    return this.#stages.some(({ sequence }) => sequence !== undefined);
  }

  /** What each gate was begun with from outside of the task, to be kept with the dataset. */
  get pins(): Record<string, Json> {
    const pins = this.#stages.flatMap(({ name, sequence }) => {
      const pin = sequence?.gate.pin;
      return pin === undefined ? [] : [[name, pin] as const];
    });
    return Object.fromEntries(pins);
  }

  /** Lets the sequence stages remember the seeds of the task, where they are asked to. */
  async rememberSeeds(seeds: readonly object[], lane: Lane): Promise<void> {
    for (const [stage, { sequence }] of this.#stages.entries()) {
      if (sequence === undefined || !sequence.validator.comparesWithSeeds) continue;
      const { validator, gate } = sequence;
      const stageLane = lane.at(stage);
      const inputs = seeds.map(async (row, index) => {
        const input = tryRead(validator, row);
        return input && (await prepareInput(validator, input, { lane: stageLane.at(index), row }));
      });
      for (const [index, input] of (await Promise.all(inputs)).entries()) {
        if (input !== undefined) gate.remember(input, labelSeed(index));
      }
    }
  }

  /** Lets the sequence stages remember a committed candidate, each if it passed that stage. */
  rememberOutcome({ attempt, position, kind, stage, row, detail }: StoredOutcome): void {
    if (position === undefined) return;
    const passed = kind === 'accepted' || stage === afterStages ? this.#stages.length : this.#find(stage);
    const first = detail.splitBy === undefined ? 0 : this.#find(detail.splitBy) + 1;
    for (const { name, sequence } of this.#stages.slice(first, Math.max(0, passed))) {
      if (sequence === undefined) continue;
      const { validator, gate } = sequence;
      const input = (detail.gateInputs?.[name] as object | undefined) ?? tryRead(validator, row as object);
      if (input === undefined) continue;
      // Without a filter, rows that failed stand among the others; the gate tells them apart as it did the first time.
      if (validator.config.filter) gate.remember(input, labelRow(attempt, position));
      else gate.judge(input, labelRow(attempt, position));
    }
  }

  /**
   * Takes the rows of one attempt through all stages; a dropped candidate keeps its place and says why.
   *
   * @param describeException says what became of a row at which a block threw; without it the exception is raised.
   */
  async apply(
    attempt: number,
    rows: readonly MadeRow[],
    lane: Lane,
    scope: LaneScope,
    describeException?: (error: unknown) => OutcomeDetail,
  ): Promise<Candidate[]> {
    let candidates = rows.map((row, position) => createCandidate(row, position));
    const guard = async <T>(stage: Stage, candidate: Candidate, work: () => T | Promise<T>): Promise<T | undefined> => {
      try {
        return await work();
      } catch (error) {
        if (describeException === undefined || error instanceof RunError) throw error;
        const { name, block } = stage;
        candidate.drop = { kind: 'error', stage: name, detail: { ...describeException(error), block: block.name } };
        return undefined;
      }
    };
    for (const [index, stage] of this.#stages.entries()) {
      const { name, sequence } = stage;
      const stageLane = lane.at(index);
      const entered = candidates.flatMap((candidate) =>
        candidate.drop === undefined ? [{ candidate, before: candidate.row }] : [],
      );
      const verdicts = new Map<Candidate, Verdict>();
      if (sequence === undefined) {
        const work = candidates.map((candidate, at) =>
          guard(stage, candidate, () => applyRowStage(stage, candidate, stageLane.at(at).id, scope)),
        );
        let count = candidates.length;
        const splitOff = (await Promise.all(work)).map((more, at) => {
          const { columns } = candidates[at] as Candidate;
          return (more ?? []).map((row) => createCandidate({ row, columns }, count++, name));
        });
        candidates = candidates.flatMap((candidate, at) => [candidate, ...(splitOff[at] ?? [])]);
      } else {
        const reads = candidates.map((candidate, at) =>
          guard(stage, candidate, () => readGateInput(stage, sequence, candidate, stageLane.at(at).id, scope)),
        );
        const inputs = await Promise.all(reads);
        await sequence.turnstile.wait(attempt);
        for (const [at, candidate] of candidates.entries()) {
          const input = inputs[at];
          if (input === undefined) continue;
          const label = labelRow(attempt, candidate.position);
          const verdict = await guard(stage, candidate, () => judge(stage, sequence, candidate, input, label));
          if (verdict !== undefined) verdicts.set(candidate, verdict);
        }
        sequence.turnstile.pass(attempt);
      }
      for (const { candidate, before } of entered)
        this.#tell(attempt, name, candidate, before, verdicts.get(candidate));
    }
    return candidates;
  }

  #tell(attempt: number, stage: string, candidate: Candidate, before: Row, verdict: Verdict | undefined): void {
    if (this.#onVerdict === undefined) return;
    const { position, row: after, drop } = candidate;
    const { reason, score } = drop?.detail ?? verdict ?? {};
    const failed = verdict?.valid === false || (after['is_valid'] === false && before['is_valid'] !== false);
    const kept = failed ? 'marked' : 'passed';
    this.#onVerdict({ attempt, position, stage, verdict: drop?.kind ?? kept, reason, score, before, after });
  }

  #find(name: string | undefined): number {
    return this.#stages.findIndex((stage) => stage.name === name);
  }

  /** Drops from each candidate what its stored row can tell, so that the ledger keeps only what it must. */
  forgetReadableInputs(candidate: Candidate, storedRow: Row): void {
    for (const [name, input] of candidate.gateInputs) {
      const validator = this.#stages[this.#find(name)]?.sequence?.validator;
      const stored = validator && tryRead(validator, storedRow);
      if (JSON.stringify(stored) === JSON.stringify(input)) candidate.gateInputs.delete(name);
    }
  }
}

/** `dedup`, and where it stands a second time `dedup#2`. */
function nameStages(blocks: readonly AnyBlock[]): string[] {
  return blocks.map(({ name }, index) => {
    const count = blocks.slice(0, index).filter((other) => other.name === name).length;
    return count === 0 ? name : `${name}#${count + 1}`;
  });
}

/** What a gate is to judge; undefined for a row that is dropped, also when preparing it failed for good. */
async function readGateInput(
  { name: stage }: Stage,
  { validator }: Sequence,
  candidate: Candidate,
  laneId: string,
  scope: LaneScope,
): Promise<object | undefined> {
  if (candidate.drop !== undefined) return undefined;
  const { row } = candidate;
  const input = validator.readInput(row) as object;
  try {
    return await prepareInput(validator, input, { lane: new Lane(laneId, scope), row });
  } catch (error) {
    if (!ProviderError.isInstance(error) || error.failure !== 'permanent') throw error;
    const { code, message } = error;
    candidate.drop = { kind: 'error', stage, detail: { block: validator.name, reason: message, code } };
    return undefined;
  }
}

async function prepareInput(validator: SequenceValidator, input: object, context: BlockContext): Promise<object> {
  return (await validator.prepareInput?.(input as Row, context)) ?? input;
}

function judge(
  { name: stage }: Stage,
  { validator, gate }: Sequence,
  candidate: Candidate,
  input: object,
  label: RowLabel,
): Verdict {
  candidate.gateInputs.set(stage, input);
  const verdict = gate.judge(input, label);
  if (verdict.valid || !validator.config.filter) {
    candidate.row = validator.writeOutput(candidate.row, markRow(validator, candidate.row, verdict));
    return verdict;
  }
  const { reason = 'invalid', score, against } = verdict;
  candidate.drop = { kind: 'rejected', stage, detail: { block: validator.name, reason, score }, collidedWith: against };
  return verdict;
}

/**
 * One row through a stage of scope `row`: it comes out as it is, changed, or dropped.
 *
 * @returns the further rows that the stage made of it.
 */
async function applyRowStage(
  { name: stage, block }: Stage,
  candidate: Candidate,
  laneId: string,
  scope: LaneScope,
): Promise<Row[]> {
  if (candidate.drop !== undefined) return [];
  const witness = new StageWitness(scope.recorder);
  const lane = new Lane(laneId, { ...scope, recorder: witness });
  const [first, ...more] = (await block.run([candidate.row], { lane }).toArray()) as Row[];
  if (first !== undefined) {
    candidate.row = first;
    return more;
  }
  const { rejection, failure } = witness;
  if (failure !== undefined) {
    const { code, message } = failure.error;
    candidate.drop = { kind: 'error', stage, detail: { block: block.name, reason: message, code } };
  } else {
    const { reason = 'gave no row', score, against } = rejection ?? {};
    candidate.drop = {
      kind: 'rejected',
      stage,
      detail: { block: block.name, reason, score, against: against as Json },
    };
  }
  return [];
}

/** Passes calls on and keeps what the stage says of its one row. */
class StageWitness implements Recorder {
  readonly #recorder: Recorder;
  readonly call: Recorder['call'];
  readonly note: NonNullable<Recorder['note']>;
  rejection: Rejection | undefined;
  failure: RowFailure | undefined;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
    this.call = (key, call, signal) => this.#recorder.call(key, call, signal);
    this.note = (lane, note) => this.#recorder.note?.(lane, note);
  }

  reject(_lane: string, rejection: Rejection): void {
    this.rejection = rejection;
  }

  fail(_lane: string, failure: RowFailure): void {
    this.failure = failure;
  }
}

function tryRead(validator: SequenceValidator, row: object): object | undefined {
  try {
    return validator.readInput(row) as object;
  } catch {
    // Seeds and rows of other shapes may lack the field that is compared; they cannot be repeated then.
    return undefined;
  }
}
