import { ConfigError, suggestNearest } from '@dgt/core';
import { convert as convertFiles, sources, targets, type ConversionReport, type Source } from '@dgt/compat/convert';
import type { CommandSession } from '../command-session.js';
import { toOneLine } from '../printing/plain-text.js';
import { formatNumberOf } from '../printing/quantities.js';
import type { ConvertFlags } from './convert-flags.js';

/** How many ids of a kind are named; all are counted. */
const namedIds = 5;

/** `dgt convert`: writes answers of a batch, or rows, in another form. */
export async function convert(flags: ConvertFlags, session: CommandSession): Promise<number> {
  const output = readOne([flags.output, flags.outputFile], '--output and --output_file');
  const from = readOne([flags.from, flags.sourceType], '--from and --source_type');
  const inputs = [...flags.inputs, ...(flags.inputFile === undefined ? [] : [flags.inputFile])];
  const { workingFolder, environment } = session.context;
  if (inputs.length === 0) throw missingOption('INPUT', 'a file of answers');
  if (output === undefined) throw missingOption('--output', 'a file to write to');
  const report = await convertFiles({
    from: readSource(from),
    to: readChoice('--to', flags.to, targets),
    inputs,
    requests: flags.requests,
    fields: { id: flags.idField, prompt: flags.promptField, text: flags.textField },
    output,
    workingFolder,
    environment,
  });
  const { failed, missing, unasked } = report.tally;
  const exitCode = failed.size + missing.length + unasked.length > 0 ? 2 : 0;
  if (session.json) session.printJson({ output, ...describe(report), exit_code: exitCode });
  else {
    session.print(`wrote ${formatNumberOf(report.rows, 'row')} to ${output}`);
    for (const line of listProblems(report)) session.say(line);
  }
  return exitCode;
}

function describe({ rows, withoutPair, tally }: ConversionReport): object {
  const count = (ids: readonly string[]) => ({ count: ids.length, first: ids.slice(0, namedIds) });
  const failed = [...tally.failed].slice(0, namedIds).map(([id, reason]) => ({ id, reason }));
  return {
    rows,
    failed: { count: tally.failed.size, first: failed },
    missing: count(tally.missing),
    unasked: count(tally.unasked),
    repeated: count([...tally.repeated]),
    cut_off: tally.cut,
    several_choices: tally.several,
    without_pair: withoutPair,
  };
}

function listProblems({ withoutPair, tally }: ConversionReport): string[] {
  const { failed, missing, unasked, repeated, cut, several } = tally;
  const reasons = [...failed].map(([id, reason]) => `${id} (${reason})`);
  return [
    say(reasons, 'failed'),
    say(missing, 'missing: requested, and in no file'),
    say(unasked, 'left out: no request has this id'),
    say([...repeated], 'came back more than once; the first answer is kept'),
    ...(cut > 0 ? [`${formatNumberOf(cut, 'answer')} cut off by max_tokens`] : []),
    ...(several > 0 ? [`${formatNumberOf(several, 'answer')} with several choices; the first is written`] : []),
    ...(withoutPair > 0 ? [`${formatNumberOf(withoutPair, 'answer')} without another that differs; no pair`] : []),
  ].filter((line) => line !== '');
}

function say(ids: readonly string[], what: string): string {
  if (ids.length === 0) return '';
  const named = ids.slice(0, namedIds).map((id) => toOneLine(id, 160));
  return `${ids.length} ${what}: ${[...named, ...(ids.length > namedIds ? ['...'] : [])].join(', ')}`;
}

/** Two names of one option may not say two things. */
function readOne(values: readonly (string | undefined)[], options: string): string | undefined {
  const [first, second] = values.filter((value) => value !== undefined);
  if (second !== undefined && second !== first) throw new ConfigError('DGT_OPTIONS_CONFLICT', { options });
  return first;
}

function readSource(from: string | undefined): Source {
  if (from === undefined) throw missingOption('--from', `one of ${sources.join(', ')}`);
  return readChoice('--from', ['openai', 'openai_batch'].includes(from) ? 'openai-batch' : from, sources);
}

function readChoice<T extends string>(option: string, value: string, known: readonly T[]): T {
  const choice = known.find((name) => name === value);
  if (choice !== undefined) return choice;
  const expected = `one of ${known.join(', ')}`;
  throw new ConfigError('DGT_OPTION_INVALID', { option, expected, value: `"${value}"${suggestNearest(value, known)}` });
}

function missingOption(option: string, expected: string): ConfigError {
  return new ConfigError('DGT_OPTION_INVALID', { option, expected, value: 'nothing' });
}
