import { parseTag, TagParser } from '@dgt/blocks/parse';
import { checkTemplateValues, compileTemplate } from '@dgt/blocks/templates';
import type { PipelineEnding, PipelineHost } from '@dgt/compat/pipeline';
import { importPlugIn, type TaskOutcome } from '@dgt/runner';
import { dirname, resolve } from 'node:path';
import type { CommandSession } from '../command-session.js';
import { runTranslation, type TranslatedRunFlags } from './run-translation.js';

/** The options of a run that a pipeline leaves as they are; its own `max_tokens` are those of a response. */
export type PipelineRunFlags = Omit<TranslatedRunFlags, 'maxTokens'>;

/** Runs pipelines with dgt's models and blocks. */
export function createPipelineHost(session: CommandSession, flags: PipelineRunFlags): PipelineHost {
  const { context } = session;
  return {
    workingFolder: context.workingFolder,
    now: () => context.now(),
    say: (message) => session.say(message),
    redact: (text) => session.secrets.redact(text),
    importModule: (path) => {
      const file = resolve(context.workingFolder, path);
      return importPlugIn({ what: path, file, folder: dirname(file), hostUrl: import.meta.url });
    },
    readTemplate: (text, where) => {
      const template = compileTemplate(text, { where });
      return (values, place) => checkTemplateValues(template, values, { where: place });
    },
    createTagReader: (tag) => {
      // Refuses what is no name of a tag.
      const { config } = new TagParser({ name: 'makeDefaultExtractor', tag });
      return (text) => parseTag(text, config.tag);
    },
    run: async (translation, { retryErrors }) => {
      let outcomes: readonly TaskOutcome[] = [];
      const onOutcomes = (all: readonly TaskOutcome[]) => void (outcomes = all);
      const exitCode = await runTranslation(translation, pickRunFlags(flags, retryErrors), session, { onOutcomes });
      return describeEnding(exitCode, outcomes[0]);
    },
  };
}

/** Of all options that were given, those that mean the same to `dgt run`. */
function pickRunFlags(
  { quiet, json, debug, restart, replay, continue: goOn, maxCost, maxTime }: PipelineRunFlags,
  retryErrors: boolean,
): TranslatedRunFlags {
  const given = { quiet, json, debug, restart, replay, continue: goOn, maxCost, maxTime };
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...set, retryErrors };
}

function describeEnding(exitCode: number, outcome: TaskOutcome | undefined): PipelineEnding {
  const { reason, message, error } = outcome?.ending ?? { reason: 'cancelled', message: 'cancelled', error: undefined };
  return { exitCode, isFinished: reason === 'complete' || reason === 'partial', message, error };
}
