import type { Row } from '../block/row.js';
import { ConfigError } from '../errors/dgt-error.js';
import { suggestNearest } from '../errors/nearest.js';
import type { Json } from '../json.js';
import type { TProperties } from '../schema.js';
import { checkPlugInConfig, plugInConfigError, type PlugInConfig } from './plug-in-config.js';
import { createScriptStoreServices, type StoreServices } from './store-services.js';

/** The class of a formatter, as the registry holds it. */
export interface FormatterClass {
  new (config: never, services?: StoreServices): Formatter;
  readonly configFields: TProperties;
}

/** What {@link Formatter.of} gives to extend. */
export type DeclaredFormatter<C extends TProperties> = (abstract new (
  config?: Partial<PlugInConfig<C>>,
  services?: StoreServices,
) => Formatter<PlugInConfig<C>>) &
  Pick<typeof Formatter, 'configFields'>;

/** Turns each row of final_data into what a training library reads: implement {@link format}. */
export abstract class Formatter<Config extends object = any> {
  /** What its YAML entry takes beside `type`. */
  static readonly configFields: TProperties = {};

  /** Declares what a formatter takes; extend the result. */
  static of<C extends TProperties = {}>(declaration: { readonly config?: C } = {}): DeclaredFormatter<C> {
    abstract class Declared extends Formatter<PlugInConfig<C>> {
      static override readonly configFields: TProperties = declaration.config ?? {};
    }
    return Declared as DeclaredFormatter<C>;
  }

  /** The configuration, checked and with its defaults. */
  readonly config: Config;
  protected readonly services: StoreServices;

  /** @throws {@link ConfigError} DGT_PLUGIN_CONFIG when the configuration does not fit the formatter. */
  constructor(config: Partial<Config> = {}, services: StoreServices = createScriptStoreServices()) {
    this.config = checkPlugInConfig<Config>('formatter', this.constructor as typeof Formatter, config);
    this.services = services;
  }

  /**
   * What stands for the row in formatted_data.
   *
   * @param index the position of the row, from 0.
   */
  abstract format(row: Row, index: number): Json;

  /** The error for a configuration that a schema alone cannot judge. */
  protected configError(problem: string, cause?: unknown): ConfigError {
    return plugInConfigError('formatter', this.constructor, this.config, problem, cause);
  }

  /** The error for a row that lacks a field which the formatter needs. */
  protected missingField(row: Row, index: number, field: string): ConfigError {
    return missingRowField(`formatter "${(this.config as { type?: string }).type ?? this.constructor.name}"`, {
      row,
      index,
      field,
    });
  }
}

/**
 * The error for a row that lacks a field.
 *
 * @param where who needs the field: `formatter "native"`.
 */
export function missingRowField(
  where: string,
  { row, index, field }: { readonly row: object; readonly index: number; readonly field: string },
): ConfigError {
  const known = Object.keys(row);
  return new ConfigError('DGT_ROW_FIELD_MISSING', {
    where,
    row: index + 1,
    field,
    nearest: suggestNearest(field, known),
    seen: known.join(', ') || 'nothing',
  });
}
