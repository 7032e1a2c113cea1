import {
  Lane,
  SequenceValidator,
  markRow,
  type AnyBlock,
  type Gate,
  type Json,
  type LaneScope,
  type Row,
} from '@dgt/core';
import type { Recorder, Rejection, RowFailure } from '@dgt/core';
import type { StoredOutcome } from '../ledger/outcome.js';
import { createCandidate, type Candidate } from './candidate.js';
import { Turnstile } from './turnstile.js';

/** Names a row that a gate remembers: a seed, or a place in an attempt. A number, since a gate may hold millions. */
export type RowLabel = number;

/** Rows of one attempt that labels can tell apart. */
export const rowsPerAttempt = 2 ** 20;

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

interface Stage {
  readonly block: AnyBlock;
  /** The memory of a sequence stage, and the order in which attempts come to it. */
  readonly sequence:
    | { readonly validator: SequenceValidator; readonly gate: Gate<object>; readonly turnstile: Turnstile }
    | undefined;
}

/**
 * The postprocessors of one task, in their order. Stages of scope `row` work on all rows of all attempts at once; a stage
 * of scope `sequence` takes attempts in order, and compares with everything that passed it earlier, whatever later
 * stages decide.
 */
export class Stages {
  readonly #stages: readonly Stage[];

  constructor(blocks: readonly AnyBlock[], firstAttempt: number) {
    this.#stages = blocks.map((block) => ({
      block,
      sequence:
        block instanceof SequenceValidator
          ? { validator: block, gate: block.openGate() as Gate<object>, turnstile: new Turnstile(firstAttempt) }
          : undefined,
    }));
  }

  /** Lets the sequence stages remember the seeds of the task, where they are asked to. */
  rememberSeeds(seeds: readonly object[]): void {
    for (const { sequence } of this.#stages) {
      if (sequence === undefined || sequence.validator.config.against !== 'seeds') continue;
      for (const [index, seed] of seeds.entries()) {
        const input = tryRead(sequence.validator, seed);
        if (input !== undefined) sequence.gate.remember(input, labelSeed(index));
      }
    }
  }

  /** Lets the sequence stages remember a committed candidate, each if it passed that stage. */
  rememberOutcome({ attempt, position, kind, stage, row, detail }: StoredOutcome): void {
    if (position === undefined) return;
    const passed = kind === 'accepted' ? this.#stages.length : (stage ?? 0);
    for (const [index, { sequence }] of this.#stages.entries()) {
      if (sequence === undefined || index >= passed || index < (detail.firstStage ?? 0)) continue;
      const { validator, gate } = sequence;
      const input = (detail.gateInputs?.[index] as object | undefined) ?? tryRead(validator, row as object);
      if (input === undefined) continue;
      // Without a filter, rows that failed stand among the others; the gate tells them apart as it did the first time.
      if (validator.config.filter) gate.remember(input, labelRow(attempt, position));
      else gate.judge(input, labelRow(attempt, position));
    }
  }

  /** Takes the rows of one attempt through all stages; a dropped candidate keeps its place and says why. */
  async apply(attempt: number, rows: readonly object[], lane: Lane, scope: LaneScope): Promise<Candidate[]> {
    let candidates = rows.map((row, position) => createCandidate(row, position));
    for (const [index, { block, sequence }] of this.#stages.entries()) {
      const stageLane = lane.at(index);
      if (sequence === undefined) {
        const work = candidates.map((candidate, at) =>
          applyRowStage(block, index, candidate, stageLane.at(at).id, scope),
        );
        let count = candidates.length;
        const splitOff = (await Promise.all(work)).map((more) =>
          more.map((row) => createCandidate(row, count++, index + 1)),
        );
        candidates = candidates.flatMap((candidate, at) => [candidate, ...(splitOff[at] ?? [])]);
      } else {
        await sequence.turnstile.wait(attempt);
        for (const candidate of candidates) judge(sequence, index, candidate, labelRow(attempt, candidate.position));
        sequence.turnstile.pass(attempt);
      }
    }
    return candidates;
  }

  /** Drops from each candidate what its stored row can tell, so that the ledger keeps only what it must. */
  forgetReadableInputs(candidate: Candidate, storedRow: Row): void {
    for (const [index, input] of candidate.gateInputs) {
      const validator = this.#stages[index]?.sequence?.validator;
      const stored = validator && tryRead(validator, storedRow);
      if (JSON.stringify(stored) === JSON.stringify(input)) candidate.gateInputs.delete(index);
    }
  }
}

function judge(
  { validator, gate }: NonNullable<Stage['sequence']>,
  stage: number,
  candidate: Candidate,
  label: RowLabel,
): void {
  if (candidate.drop !== undefined) return;
  const input = validator.readInput(candidate.row) as object;
  candidate.gateInputs.set(stage, input);
  const verdict = gate.judge(input, label);
  if (verdict.valid || !validator.config.filter) {
    candidate.row = validator.writeOutput(candidate.row, markRow(validator, candidate.row, verdict));
    return;
  }
  const { reason = 'invalid', score, against } = verdict;
  candidate.drop = { kind: 'rejected', stage, detail: { block: validator.name, reason, score }, collidedWith: against };
}

/**
 * One row through a stage of scope `row`: it comes out as it is, changed, or dropped.
 *
 * @returns the further rows that the stage made of it.
 */
async function applyRowStage(
  block: AnyBlock,
  stage: number,
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
  rejection: Rejection | undefined;
  failure: RowFailure | undefined;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
    this.call = (key, call, signal) => this.#recorder.call(key, call, signal);
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
