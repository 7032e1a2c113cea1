import { createRunContainer, inject, injectable, type DependencyContainer } from '@dgt/core/container';
import {
  blocks,
  systemClock,
  type AnyBlock,
  type BlockConfig,
  type BlockServices,
  type Clock,
  type Log,
} from '@dgt/core';
import type { SecretStore } from '../config/secrets.js';

const clockToken = Symbol('dgt.clock');
const logToken = Symbol('dgt.log');
const secretsToken = Symbol('dgt.secrets');
const workingFolderToken = Symbol('dgt.working-folder');

/** The services that every block of one run shares. */
@injectable()
export class RunServices implements BlockServices {
  readonly log: Log;
  readonly clock: Clock;
  readonly baseFolder: string;
  readonly workingFolder: string;
  readonly #secrets: SecretStore;
  readonly #shared = new Map<string, unknown>();

  constructor(
    @inject(logToken) log: Log,
    @inject(clockToken) clock: Clock,
    @inject(secretsToken) secrets: SecretStore,
    @inject(workingFolderToken) workingFolder: string,
  ) {
    this.log = log;
    this.clock = clock;
    this.baseFolder = workingFolder;
    this.workingFolder = workingFolder;
    this.#secrets = secrets;
  }

  // Functions of their own, so that a block may take them apart: `const { share } = this.services`.
  readonly keepSecret = (value: string): void => this.#secrets.keep(value);

  readonly share = <T>(key: string, make: () => T): T => {
    if (!this.#shared.has(key)) this.#shared.set(key, make());
    return this.#shared.get(key) as T;
  };

  readonly createBlock = (config: BlockConfig): Promise<AnyBlock> => createBlock(config, this);

  /** The same services for blocks whose configuration stands in a file of another folder. */
  in(baseFolder: string): BlockServices {
    const { log, clock, workingFolder, keepSecret, share } = this;
    const services: BlockServices = {
      log,
      clock,
      baseFolder,
      workingFolder,
      keepSecret,
      share,
      createBlock: (config) => createBlock(config, services),
    };
    return services;
  }
}

async function createBlock(config: BlockConfig, services: BlockServices): Promise<AnyBlock> {
  const blockClass = await blocks.load(config.type);
  return new blockClass(config as never, services);
}

/** Makes the container of one run; disposing it ends what it holds. */
export function createServices(options: { log: Log; secrets: SecretStore; baseFolder: string; clock?: Clock }): {
  container: DependencyContainer;
  services: RunServices;
} {
  const container = createRunContainer();
  container.registerInstance(logToken, options.log);
  container.registerInstance(clockToken, options.clock ?? systemClock);
  container.registerInstance(secretsToken, options.secrets);
  container.registerInstance(workingFolderToken, options.baseFolder);
  container.registerSingleton(RunServices);
  return { container, services: container.resolve(RunServices) };
}
