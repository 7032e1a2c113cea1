import { openData, openParser, readPipeline, runPipeline, type PipelineOutcome } from '@dgt/compat/pipeline';
import { ConfigError } from '@dgt/core';
import type { CommandSession } from '../command-session.js';
import { formatNumberOf } from '../printing/quantities.js';
import { createPipelineHost } from '../running/pipeline-host.js';
import { readWholeNumber } from '../running/run-request.js';
import type { PipelineFlags, PipelineSettingFlags } from './pipeline-flags.js';

/** `dgt pipeline`: runs what people have who use the template "Data Generations Pipeline". */
export async function pipeline(flags: PipelineFlags, session: CommandSession): Promise<number> {
  const { config, data, parse, timestamp, retryErrors = false } = flags;
  const { workingFolder } = session.context;
  // Not by the parser, which would rather miss this than name an option that is misspelt.
  if (data === undefined) throw new ConfigError('DGT_OPTIONS_MISSING', { command: 'dgt pipeline', options: '--data' });
  const host = createPipelineHost(session, flags);
  const overrides = readOverrides(flags);
  const concurrencyLimit = readConcurrencyLimit(flags);
  const { settings, prompts } = await readPipeline({ config, overrides, where: 'the command line', workingFolder });
  const { rows, parseResponse } = await openData(data, host);
  const extractFunction = parse === undefined ? parseResponse : await openParser(parse, host);
  const outcome = await runPipeline(
    {
      settings,
      prompts,
      rows,
      description: `rows of ${data}`,
      concurrencyLimit,
      extractFunction,
      timestamp,
      retryErrors,
    },
    host,
  );
  tell(outcome, session);
  return outcome.exitCode;
}

function tell({ result, records, failed }: PipelineOutcome, session: CommandSession): void {
  if (result === undefined) return;
  const text = `  ${result}: ${formatNumberOf(records, 'record')}${failed === 0 ? '' : `, ${failed} of them failures`}`;
  // With --json, standard output holds one document.
  if (session.json) session.say(text);
  else session.print(text);
}

function readConcurrencyLimit({ concurrencyLimit: text }: PipelineFlags): number | undefined {
  if (text === undefined) return undefined;
  const option = '--concurrency-limit';
  const value = readWholeNumber(text, option);
  if (value < 1) throw new ConfigError('DGT_OPTION_INVALID', { option, expected: 'at least 1', value });
  return value;
}

/** The settings of the command line as `config.yaml` names them. */
function readOverrides(flags: PipelineSettingFlags): Record<string, unknown> {
  const { rateLimit, maxTokens, temperature, needTimeStamp } = flags;
  return {
    provider: flags.provider,
    base_url: flags.baseUrl,
    model: flags.model,
    rate_limit: readNumber(rateLimit, '--rate-limit'),
    max_tokens: readNumber(maxTokens, '--max-tokens'),
    temperature: readNumber(temperature, '--temperature'),
    system_prompt_path: flags.systemPromptPath,
    user_prompt_path: flags.userPromptPath,
    output_dir: flags.outputDir,
    experiment_name: flags.experimentName,
    need_time_stamp: needTimeStamp === undefined ? undefined : needTimeStamp === 'true',
  };
}

function readNumber(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new ConfigError('DGT_OPTION_INVALID', { option, expected: 'a number', value: JSON.stringify(text) });
}
