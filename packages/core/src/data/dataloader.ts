import type { Row } from '../block/row.js';
import type { ConfigError } from '../errors/dgt-error.js';
import type { TProperties } from '../schema.js';
import type { ReadOptions, RowSource } from './datastore.js';
import { checkPlugInConfig, plugInConfigError, type PlugInConfig } from './plug-in-config.js';
import { createScriptStoreServices, type StoreServices } from './store-services.js';

/** How rows are loaded. */
export interface LoadOptions extends ReadOptions {
  /** The run's randomness, for a loader that shuffles. @defaultValue 0 */
  readonly randomSeed?: number | string;
}

/** The class of a dataloader, as the registry holds it. */
export interface DataloaderClass {
  new (config: never, services?: StoreServices): Dataloader;
  readonly configFields: TProperties;
}

/** What {@link Dataloader.of} gives to extend. */
export type DeclaredDataloader<C extends TProperties> = (abstract new (
  config?: Partial<PlugInConfig<C>>,
  services?: StoreServices,
) => Dataloader<PlugInConfig<C>>) &
  Pick<typeof Dataloader, 'configFields'>;

/** Chooses which rows of a source a task sees, in which order, and what they are called: implement {@link load}. */
export abstract class Dataloader<Config extends object = any> {
  /** What its YAML entry takes beside `type`. */
  static readonly configFields: TProperties = {};

  /** Declares what a dataloader takes; extend the result. */
  static of<C extends TProperties = {}>(declaration: { readonly config?: C } = {}): DeclaredDataloader<C> {
    abstract class Declared extends Dataloader<PlugInConfig<C>> {
      static override readonly configFields: TProperties = declaration.config ?? {};
    }
    return Declared as DeclaredDataloader<C>;
  }

  /** The configuration, checked and with its defaults. */
  readonly config: Config;
  protected readonly services: StoreServices;

  /** @throws {@link ConfigError} DGT_PLUGIN_CONFIG when the configuration does not fit the dataloader. */
  constructor(config: Partial<Config> = {}, services: StoreServices = createScriptStoreServices()) {
    this.config = checkPlugInConfig<Config>('dataloader', this.constructor as typeof Dataloader, config);
    this.services = services;
  }

  /** The rows of a source as the task sees them; the same for the same source and seed. `skip` counts these rows. */
  abstract load(source: RowSource, options?: LoadOptions): AsyncIterable<Row>;

  /** The error for a configuration that a schema alone cannot judge. */
  protected configError(problem: string, cause?: unknown): ConfigError {
    return plugInConfigError('dataloader', this.constructor, this.config, problem, cause);
  }
}
