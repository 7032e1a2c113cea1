import type { Json } from '@dgt/core';
import type { AttemptTrace, CallTrace, LossTrace, RowTrace, VerdictTrace } from '@dgt/runner';
import { describeAnswer, describePrompt, describeSettings } from './call-text.js';
import { toOneLine, toPlainText } from './plain-text.js';
import type { Meaning, Style } from './style.js';
import { formatTextBlock } from './text-block.js';

/** The longest that is shown of a value inside of a line. @unit characters */
const longestValue = 200;

/** How an attempt is printed. */
export interface AttemptAppearance {
  readonly style: Style;
  /** Columns of the terminal. */
  readonly width: number;
  /** Whether long texts are shown whole. */
  readonly full: boolean;
}

const meanings: Readonly<Record<string, Meaning>> = {
  accepted: 'good',
  passed: 'good',
  marked: 'caution',
  rejected: 'caution',
  no_row: 'caution',
  error: 'bad',
};

/** Rows of an attempt with the calls that made them, then what gave no row, then what the author's code threw. */
export class AttemptReport {
  readonly #trace: AttemptTrace;
  readonly #appearance: AttemptAppearance;
  readonly #shown = new Set<CallTrace>();

  constructor(trace: AttemptTrace, appearance: AttemptAppearance) {
    this.#trace = trace;
    this.#appearance = appearance;
  }

  /** What `transform` was given; nothing of a generation, whose examples stand in its prompts. */
  formatInput(title: string): string[] {
    const { input } = this.#trace;
    if (input === undefined) return [];
    const rows = Array.isArray(input) ? input : [input];
    return [this.#style('strong', title), ...rows.flatMap(formatFields).flatMap((line) => this.#block(line))];
  }

  /** One row: prompts, answers, what was made of them, verdicts. */
  formatRow(row: RowTrace, title: string): string[] {
    const { calls } = this.#trace;
    const made = row.calls.flatMap((place) => calls[place] ?? []);
    const ofStages = calls.filter(({ position }) => position === row.position);
    return [
      `${this.#style('strong', title)}: ${this.#name(row.outcome)}${this.#describeDrop(row)}`,
      ...this.#formatCalls(made),
      '  row',
      ...formatFields(row.made).flatMap((line) => this.#block(line)),
      ...this.#formatVerdicts(row, ofStages),
    ];
  }

  /** An answer without a row, or a call that failed. */
  formatLoss(loss: LossTrace, title: string): string[] {
    const { outcome, block, reason, code, sample } = loss;
    const answer = typeof sample === 'string' ? sample : JSON.stringify(sample);
    const calls = this.#trace.calls.filter((call) => isAbout(call, answer));
    return [
      `${this.#style('strong', title)}: ${this.#name(outcome)}, ${block}: ${toOneLine(code === undefined ? reason : `${code}: ${reason}`, 1000)}`,
      ...this.#formatCalls(calls),
      ...(calls.length > 0 || sample === null ? [] : ['  given up', ...this.#block(answer)]),
    ];
  }

  /** Calls that no row and no loss has shown; they may have been made for any of them. */
  formatOtherCalls(): string[] {
    const others = this.#trace.calls.filter((call) => !this.#shown.has(call));
    return others.length === 0
      ? []
      : [this.#style('strong', 'other calls of the attempt'), ...this.#formatCalls(others)];
  }

  /** What the author's code threw, with its line. */
  formatFailure(): string[] {
    const { failure } = this.#trace;
    if (failure === undefined) return [];
    const { code, message } = failure;
    const [first = '', ...rest] = toPlainText(message).split('\n');
    return [`${this.#style('bad', code === undefined ? 'error' : `error ${code}`)}: ${first}`, ...rest];
  }

  #formatCalls(calls: readonly CallTrace[]): string[] {
    return calls.flatMap((call) => this.#formatCall(call));
  }

  #formatCall(call: CallTrace): string[] {
    const number = this.#trace.calls.indexOf(call) + 1;
    if (this.#shown.has(call)) return [`  call ${number}, shown above`];
    this.#shown.add(call);
    const settings = describeSettings(call);
    const differs =
      call.state === 'differs'
        ? this.#style('caution', ' not what was asked then; the answer is the recorded one')
        : '';
    const prompt = describePrompt(call);
    return [
      `  call ${number}, ${toOneLine(call.label, 100)}${settings === '' ? '' : this.#style('quiet', ` (${toOneLine(settings, 300)})`)}${differs}`,
      ...this.#block(prompt),
      '  answer',
      ...this.#block(describeAnswer(call)),
    ];
  }

  #formatVerdicts({ verdicts }: RowTrace, calls: readonly CallTrace[]): string[] {
    return verdicts.flatMap((verdict) => [
      ...this.#formatCalls(calls.filter(({ stage }) => stage === verdict.stage)),
      ...this.#formatVerdict(verdict),
    ]);
  }

  #formatVerdict({ stage, verdict, reason, score, against, wrote = {} }: VerdictTrace): string[] {
    const why = [
      ...(reason === undefined ? [] : [toOneLine(reason, longestValue)]),
      ...(score === undefined ? [] : [`score ${Number(score.toFixed(4))}`]),
    ];
    // That it passed has been said.
    const said = { is_valid: verdict !== 'passed', metadata: JSON.stringify(wrote['metadata']) !== '{}' } as Record<
      string,
      boolean
    >;
    const written = Object.entries(wrote).filter(([field]) => said[field] ?? true);
    return [
      `  ${stage}: ${this.#name(verdict)}${why.length === 0 ? '' : `, ${why.join(', ')}`}`,
      ...(against === undefined ? [] : ['  against', ...formatFields(against).flatMap((line) => this.#block(line))]),
      ...(written.length === 0
        ? []
        : [`    wrote ${toOneLine(JSON.stringify(Object.fromEntries(written)), longestValue)}`]),
    ];
  }

  /** Why a row ended that no stage says anything of. */
  #describeDrop({ verdicts, outcome, detail }: RowTrace): string {
    if (outcome === 'accepted' || verdicts.some(({ verdict }) => verdict === 'rejected' || verdict === 'error'))
      return '';
    return detail?.reason === undefined ? '' : `, ${toOneLine(detail.reason, 1000)}`;
  }

  #name(outcome: string): string {
    return this.#style(meanings[outcome] ?? 'strong', outcome.replaceAll('_', ' '));
  }

  #block(text: string): string[] {
    if (text === '') return [];
    const { width, full } = this.#appearance;
    return formatTextBlock(text, { width: width - 4, full }).map((line) => `    ${line}`.trimEnd());
  }

  get #style(): Style {
    return this.#appearance.style;
  }
}

/** The fields of a row, a line each; what dgt stamps on every row is left out. */
export function formatFields(row: Json): string[] {
  if (typeof row !== 'object' || row === null || Array.isArray(row))
    return [typeof row === 'string' ? row : JSON.stringify(row)];
  const { task_name: _task, is_seed: _seed, ...fields } = row as { [field: string]: Json };
  return Object.entries(fields).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
}

/** A call whose answer was given up, or whose row was. */
function isAbout(call: CallTrace, sample: string): boolean {
  return (
    call.stage === undefined &&
    (describeAnswer(call) === sample || JSON.stringify(call.answer).includes(JSON.stringify(sample)))
  );
}
