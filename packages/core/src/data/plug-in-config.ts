import { ConfigError } from '../errors/dgt-error.js';
import { copyPlain } from '../plain-copy.js';
import { describeProblems } from '../schema-problem.js';
import { compileSchema, Type, type Static, type TObject, type TProperties } from '../schema.js';

/** What the YAML entry of every datastore, dataloader and formatter may hold. */
export const commonPlugInConfig = { type: Type.Optional(Type.String({ minLength: 1 })) };

/** The type of an object with these fields, and `type`. */
export type PlugInConfig<C extends TProperties> = Static<TObject<C & typeof commonPlugInConfig>>;

/** A class whose configuration is declared as a schema. */
interface Configured {
  readonly name: string;
  readonly configFields: TProperties;
}

const schemas = new WeakMap<Configured, TObject>();

/** The whole schema of the YAML entry of a datastore, dataloader or formatter. */
export function plugInSchema(plugIn: Configured): TObject {
  let schema = schemas.get(plugIn);
  if (schema === undefined) {
    schema = Type.Object({ ...commonPlugInConfig, ...plugIn.configFields }, { additionalProperties: false });
    schemas.set(plugIn, schema);
  }
  return schema;
}

/**
 * The configuration with its defaults.
 *
 * @throws {@link ConfigError} DGT_PLUGIN_CONFIG when it does not fit.
 */
export function checkPlugInConfig<Config>(kind: string, plugIn: Configured, config: object): Config {
  const checked = copyPlain({ ...config });
  const problems = compileSchema(plugInSchema(plugIn)).check(checked);
  if (problems.length > 0) throw plugInConfigError(kind, plugIn, config, describeProblems(problems));
  return checked as Config;
}

/** The error for a configuration that a schema alone cannot judge. */
export function plugInConfigError(
  kind: string,
  plugIn: { readonly name: string },
  config: object,
  problems: string,
  cause?: unknown,
): ConfigError {
  const { type = plugIn.name } = config as { type?: unknown };
  return new ConfigError('DGT_PLUGIN_CONFIG', { kind, name: type, problems }, { cause });
}
