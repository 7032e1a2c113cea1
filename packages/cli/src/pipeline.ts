import { systemClock } from '@dgt/core';
import {
  createTagExtractor,
  DataGenerationPipeline as Pipeline,
  readTagOptions,
  type PipelineOptions,
  type SnakeCased,
  type TagExtractor,
  type TagExtractorOptions,
} from '@dgt/compat/pipeline';
import { CommandSession } from './command-session.js';
import { createPipelineHost } from './running/pipeline-host.js';

export type {
  DataPool,
  ExtractFunction,
  FailureRecord,
  NaiveResponse,
  PipelineError,
  PipelineOptions,
  PipelineRecord,
  PipelineRunOptions,
  SuccessRecord,
} from '@dgt/compat/pipeline';

/** The class of the template "Data Generations Pipeline", ready to use: what it says of a run goes to standard error. */
export class DataGenerationPipeline extends Pipeline {
  constructor(options: PipelineOptions | SnakeCased<PipelineOptions> = {}) {
    super(options, createHost());
  }
}

/** Makes a `parse_response`, or an `extractFunction`: finds every `<draft ...>...</draft>` where `patternName` is `draft`. */
export function makeDefaultExtractor(options: TagExtractorOptions | SnakeCased<TagExtractorOptions>): TagExtractor {
  return createTagExtractor(readTagOptions(options), createHost());
}

function createHost() {
  // Standard output is the caller's own.
  const { stderr } = process;
  const session = new CommandSession(
    {
      stdout: stderr,
      stderr,
      workingFolder: process.cwd(),
      environment: process.env,
      signals: process,
      ...systemClock,
      exit: (code) => process.exit(code),
    },
    {},
    (text) => stderr.write(text),
  );
  // Progress is for people.
  return createPipelineHost(session, { quiet: stderr.isTTY !== true });
}
