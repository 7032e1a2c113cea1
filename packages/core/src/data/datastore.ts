import type { Row, Rows } from '../block/row.js';
import type { ConfigError } from '../errors/dgt-error.js';
import type { Json } from '../json.js';
import type { TObject, TProperties } from '../schema.js';
import type { FrontPage } from './front-page.js';
import { checkPlugInConfig, plugInConfigError, type PlugInConfig } from './plug-in-config.js';
import { createScriptStoreServices, type StoreServices } from './store-services.js';

/** How rows are read. */
export interface ReadOptions {
  /** How many rows to leave out at the start, as cheaply as the source can. */
  readonly skip?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Whatever rows can be read from, again and again. */
export interface RowSource {
  read(options?: ReadOptions): AsyncIterable<Row>;
}

/** Where rows are written to. */
export interface WriteTarget {
  /** The folder of the task's output, which exists. */
  readonly folder: string;
  /** What the rows are, without an ending: `final_data`. */
  readonly name: string;
  /** What a row holds; a format with typed columns takes them from here and never from the first row. */
  readonly schema?: TObject | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What came of writing. */
export interface WrittenRows {
  /** The files or other places that hold the rows now. */
  readonly places: readonly string[];
  readonly rowCount: number;
}

/** The class of a datastore, as the registry holds it. */
export interface DatastoreClass {
  new (config: never, services?: StoreServices): Datastore;
  readonly configFields: TProperties;
}

/** What {@link Datastore.of} gives to extend. */
export type DeclaredDatastore<C extends TProperties> = (abstract new (
  config?: Partial<PlugInConfig<C>>,
  services?: StoreServices,
) => Datastore<PlugInConfig<C>>) &
  Pick<typeof Datastore, 'configFields'>;

/**
 * Where rows come from, or go to, or both: implement {@link read}, {@link write}, or both. Rows are plain records of JSON
 * values. A source gives the same rows in the same order each time, unless {@link fingerprint} says otherwise.
 */
export abstract class Datastore<Config extends object = any> {
  /** What its YAML entry takes beside `type`. */
  static readonly configFields: TProperties = {};

  /**
   * Declares what a datastore takes; extend the result.
   *
   * ```ts
   * class Countries extends Datastore.of({ config: { continent: Type.String() } }) {
   *   async *read() { yield { name: 'France' }; }
   * }
   * ```
   */
  static of<C extends TProperties = {}>(declaration: { readonly config?: C } = {}): DeclaredDatastore<C> {
    abstract class Declared extends Datastore<PlugInConfig<C>> {
      static override readonly configFields: TProperties = declaration.config ?? {};
    }
    return Declared as DeclaredDatastore<C>;
  }

  /** The configuration, checked and with its defaults. */
  readonly config: Config;
  protected readonly services: StoreServices;

  /** @throws {@link ConfigError} DGT_PLUGIN_CONFIG when the configuration does not fit the datastore. */
  constructor(config: Partial<Config> = {}, services: StoreServices = createScriptStoreServices()) {
    this.config = checkPlugInConfig<Config>('datastore', this.constructor as typeof Datastore, config);
    this.services = services;
  }

  /** Gives the rows one by one, never all of them in memory where the format allows. */
  read?(options?: ReadOptions): AsyncIterable<Row>;

  /**
   * Tells whether {@link read} can have changed: the same value, the same rows. Undefined when nothing but reading can tell.
   */
  fingerprint?(): Promise<Json | undefined>;

  /** How many rows there are; undefined when only reading them all can tell. */
  count?(): Promise<number | undefined>;

  /** Writes rows so that they are there whole or not at all; what stood there before stays until then. */
  write?(rows: Rows<Row>, target: WriteTarget): Promise<WrittenRows>;

  /** The datasets of hubs that {@link write} sends rows to, each with the page that tells of them. */
  frontPages?(): Promise<readonly FrontPage[]>;

  /** The error for a configuration that a schema alone cannot judge. */
  protected configError(problem: string, cause?: unknown): ConfigError {
    return plugInConfigError('datastore', this.constructor, this.config, problem, cause);
  }
}
