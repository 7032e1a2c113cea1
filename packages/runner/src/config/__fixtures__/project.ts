import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  Block,
  blocks,
  dataBuilders,
  dataloaders,
  dataPoint,
  Dataloader,
  Datastore,
  datastores,
  DgtError,
  Formatter,
  formatters,
  GenerationDataBuilder,
  GenerationTask,
  LMProvider,
  SequenceValidator,
  TransformationDataBuilder,
  TransformationTask,
  Type,
  type BlockClass,
  type DataBuilderClass,
} from '@dgt/core';
import { loadProject, type ProjectOptions } from '../load-project.js';
import type { Project } from '../planned.js';

class Pair extends dataPoint({ question: Type.String(), answer: Type.String() }) {}
class PairTask extends GenerationTask.of({ input: Pair, fields: { topic: Type.Optional(Type.String()) } }) {}

const modelFields = {
  model_id_or_path: Type.String({ minLength: 1 }),
  temperature: Type.Optional(Type.Number({ minimum: 0 })),
  max_tokens: Type.Optional(Type.Integer({ minimum: 1 })),
  fallback: Type.Optional(Type.Object({}, { additionalProperties: true })),
};

class Ollama extends LMProvider {
  static override readonly configFields = {
    ...modelFields,
    base_url: Type.Optional(Type.String()),
    num_ctx: Type.Optional(Type.Integer()),
  };
  override process(): never {
    throw new Error('reads nothing');
  }
}

class OpenAI extends LMProvider {
  static override readonly configFields = {
    ...modelFields,
    base_url: Type.Optional(Type.String()),
    api_key: Type.Optional(Type.String()),
  };
  override process(): never {
    throw new Error('reads nothing');
  }
}

class RougeScorer extends SequenceValidator.of({
  config: { threshold: Type.Number({ default: 1 }) },
  input: { input: Type.String() },
}) {
  override openGate() {
    return { judge: () => ({ valid: true }), remember: () => {} };
  }
}

class Shout extends Block.of({
  config: { volume: Type.Optional(Type.Union([Type.Literal('low'), Type.Literal('high')])) },
}) {
  override process() {
    return {};
  }
}

class PairBuilder extends GenerationDataBuilder.of({
  task: PairTask,
  blocks: { generator: LMProvider },
  config: { style: Type.Optional(Type.String()) },
}) {
  generate() {
    return [];
  }
}

class RateTask extends TransformationTask.of({ input: Pair, fields: { topic: Type.Optional(Type.String()) } }) {}

class RateBuilder extends TransformationDataBuilder.of({ task: RateTask, blocks: {} }) {
  override transform() {
    return [];
  }
}

class Rows extends Datastore.of({
  config: { data_path: Type.Optional(Type.String()), limit: Type.Optional(Type.Integer()) },
}) {}

class Renaming extends Dataloader.of({ config: { fields: Type.Optional(Type.Record(Type.String(), Type.String())) } }) {
  async *load() {}
}

class Upper extends Formatter.of({ config: { template: Type.String() } }) {
  format() {
    return '';
  }
}

datastores.add('rows', Rows as never, 'the fixture');
dataloaders.add('renaming', Renaming as never, 'the fixture');
formatters.add('upper', Upper as never, 'the fixture');

const blockClasses = { ollama: Ollama, openai: OpenAI, rouge_scorer: RougeScorer, shout: Shout };
for (const [name, blockClass] of Object.entries(blockClasses)) {
  blocks.add(name, blockClass as unknown as BlockClass, 'the fixture');
}
for (const name of ['public/test/geography_qa', 'pairs']) {
  dataBuilders.add(name, PairBuilder as unknown as DataBuilderClass, 'the fixture');
}
dataBuilders.add('rater', RateBuilder as unknown as DataBuilderClass, 'the fixture');

/** The text of a file of DGT's tutorial, unchanged. */
export function readTutorial(name: 'geography_qa.yaml' | 'task.yaml'): Promise<string> {
  return readFile(new URL(`./tutorial/${name}`, import.meta.url), 'utf8');
}

/** A small task and a small builder that fit each other. */
export const validTask = `task_name: team/pairs
task_description: Pairs
data_builder: pairs
seed_examples:
  - question: q
    answer: a
`;
export const validBuilder = `name: pairs
blocks:
  - name: generator
    type: ollama
    model_id_or_path: m
`;

/** A small task of a builder that transforms rows, and its builder. */
export const validTransformation = validTask
  .replace('builder: pairs', 'builder: rater')
  .replace('seed_examples:', 'data:');
export const raterFiles = { 'builders/rater/rater.yaml': 'name: rater\n', 'builders/rater/generate.ts': '' };

/** A temporary folder with a project in it; removed when it is disposed of. */
export class ProjectFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async write(files: Record<string, string | Uint8Array>): Promise<ProjectFolder> {
    const folder = new ProjectFolder(await realpath(await mkdtemp(join(tmpdir(), 'dgt-project-'))));
    await folder.write(files);
    return folder;
  }

  async write(files: Record<string, string | Uint8Array>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(this.path, name)), { recursive: true });
      await writeFile(join(this.path, name), text);
    }
  }

  load(options: Partial<ProjectOptions> = {}): Promise<Project> {
    return loadProject({
      taskPaths: ['tasks'],
      workingFolder: this.path,
      environment: {},
      loadModule: () => Promise.resolve(),
      ...options,
    });
  }

  /** Loads a project that must fail, and gives the error with the folder's own name taken out. */
  async fail(options: Partial<ProjectOptions> = {}): Promise<DgtError> {
    try {
      await this.load(options);
    } catch (error) {
      if (DgtError.isInstance(error)) return error;
      throw error;
    }
    throw new Error('the project was expected to be refused');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

/** What is said of a project whose task file, or builder file, is the given text. */
export async function describeProblemsOf(
  parts: { task?: string; builder?: string; files?: Record<string, string | Uint8Array> },
  options: Partial<ProjectOptions> = {},
): Promise<string> {
  await using folder = await ProjectFolder.write({
    'tasks/task.yaml': parts.task ?? validTask,
    'builders/pairs/pairs.yaml': parts.builder ?? validBuilder,
    'builders/pairs/generate.ts': '',
    ...parts.files,
  });
  const { message } = await folder.fail(options);
  return message.replaceAll(folder.path, '<folder>');
}
