import { systemClock, type Clock } from '../clock.js';
import { consoleLog, type Log } from '../log.js';
import type { AnyBlock } from './any-block.js';

/** What dgt hands to every block beside its configuration. */
export interface BlockServices {
  readonly log: Log;
  readonly clock: Clock;
  /** The folder of the YAML that the configuration stands in: relative paths in it start here, see {@link locateFile}. */
  readonly baseFolder: string;
  /** The folder that dgt was called in. */
  readonly workingFolder: string;
  /** Tells dgt that a value is secret: from then on it is left out of everything that is written. */
  keepSecret(value: string): void;
  /** One object for the whole run, made by the first who asks for its key: a limiter of an endpoint, a loaded model. */
  share<T>(key: string, make: () => T): T;
  /** Makes another block, such as the model behind a judge. */
  createBlock(config: BlockConfig): Promise<AnyBlock>;
}

/** The entry of a block in YAML: its name, its type, and what the type takes. */
export interface BlockConfig {
  readonly name?: string;
  readonly type: string;
  readonly [option: string]: unknown;
}

/** The services of a block that is used alone in a script: the real clock, warnings on standard error, no registry. */
export function createScriptServices(): BlockServices {
  const shared = new Map<string, unknown>();
  return {
    log: consoleLog,
    clock: systemClock,
    baseFolder: process.cwd(),
    workingFolder: process.cwd(),
    keepSecret: () => {},
    share: <T>(key: string, make: () => T): T => {
      if (!shared.has(key)) shared.set(key, make());
      return shared.get(key) as T;
    },
    createBlock: ({ type }) => Promise.reject(new Error(`a block used alone cannot make a block of type "${type}"`)),
  };
}
