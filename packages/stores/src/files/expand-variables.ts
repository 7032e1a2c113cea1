import { ConfigError } from '@dgt/core';

/**
 * Replaces `$NAME` and `${NAME}` in a path by environment variables.
 *
 * @throws {@link ConfigError} DGT_ENV_MISSING
 */
export function expandVariables(
  path: string,
  options: { readonly where: string; readonly environment: Readonly<Record<string, string | undefined>> },
): string {
  return path.replaceAll(/\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g, (_written, braced?: string, bare?: string) => {
    const name = (braced ?? bare) as string;
    const value = options.environment[name];
    if (value === undefined) throw new ConfigError('DGT_ENV_MISSING', { where: `${options.where}: ${path}`, name });
    return value;
  });
}
