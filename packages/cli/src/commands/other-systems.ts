import type { Command } from 'commander';
import { addOutputOptions, type Execute } from '../command-definition.js';
import { gatherPaths } from '../read-options.js';
import {
  defineBatch,
  defineBatchCreate,
  defineBatchIngest,
  type BatchCreateFlags,
  type BatchIngestFlags,
  type ParsedBatchCreateFlags,
  type ParsedBatchIngestFlags,
} from './batch-flags.js';
import { defineConvert, type ConvertFlags } from './convert-flags.js';
import { defineGendata, type GendataFlags } from './gendata-flags.js';
import { defineInfer, gatherInferFlags, type InferFlags, type ParsedInferFlags } from './infer-flags.js';
import { definePipeline, type ParsedPipelineFlags, type PipelineFlags } from './pipeline-flags.js';

/** The commands that take files and flags of other systems. */
export function defineOtherSystems(program: Command, execute: Execute): void {
  addOutputOptions(defineConvert(program)).action((inputs: string[], flags: Omit<ConvertFlags, 'inputs'>) =>
    execute<ConvertFlags>({ ...flags, inputs }, async () => (await import('./convert.js')).convert),
  );
  const batch = defineBatch(program);
  addOutputOptions(defineBatchCreate(batch)).action((flags: ParsedBatchCreateFlags) =>
    execute<BatchCreateFlags>(
      { ...flags, ...gatherPaths([], flags) },
      async () => (await import('./batch-create.js')).batchCreate,
    ),
  );
  addOutputOptions(defineBatchIngest(batch)).action((results: string[], flags: ParsedBatchIngestFlags) =>
    execute<BatchIngestFlags>(
      { ...flags, ...gatherPaths([], flags), results },
      async () => (await import('./batch-ingest.js')).batchIngest,
    ),
  );
  addOutputOptions(defineGendata(program)).action((flags: GendataFlags) =>
    execute(flags, async () => (await import('./gendata.js')).gendata),
  );
  addOutputOptions(defineInfer(program))
    .option('--quiet', 'print errors and one line')
    .action((flags: ParsedInferFlags) =>
      execute<InferFlags>(gatherInferFlags(flags), async () => (await import('./infer.js')).infer),
    );
  addOutputOptions(definePipeline(program)).action((config: string | undefined, flags: ParsedPipelineFlags) =>
    execute<PipelineFlags>({ ...flags, config }, async () => (await import('./pipeline.js')).pipeline),
  );
}
