import { relative, resolve } from 'node:path';
import { Datastore, registerDatastore, suggestNearest, Type, type ReadOptions, type Row } from '@dgt/core';
import { reasonOf } from '../files/data-error.js';
import { readGivenRows } from './given-rows.js';

const config = {
  /** The file of the module, TypeScript or JavaScript. */
  module: Type.String({ minLength: 1 }),
  /** The function that gives the rows. */
  export: Type.Optional(Type.String({ minLength: 1, default: 'default' })),
  /** What the function is called with. */
  args: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
};

/** What a function of the user may give: rows, a stream of rows, or a promise of either. */
type GivesRows = (args: Readonly<Record<string, unknown>>) => unknown;

/** Rows that a function of the user gives: `export default async function* ({ year }) { yield { ... } }`. */
@registerDatastore('module')
export class ModuleDatastore extends Datastore.of({ config }) {
  override async *read({ skip = 0, signal }: ReadOptions = {}): AsyncGenerator<Row> {
    const { name, give } = await this.#load();
    yield* readGivenRows(() => give(structuredClone(this.config.args ?? {})), { name, skip, signal });
  }

  async #load(): Promise<{ name: string; give: GivesRows }> {
    const { module, export: exportName = 'default' } = this.config;
    const file = resolve(this.services.baseFolder, module);
    const loaded = await this.services.importModule(file).catch((error: unknown) => {
      throw this.configError(`module: ${module} cannot be imported: ${reasonOf(error)}`, error);
    });
    const found = loaded[exportName];
    const shown = relative(this.services.baseFolder, file);
    if (typeof found === 'function') return { name: `${shown}: ${exportName}`, give: found as GivesRows };
    const functions = Object.keys(loaded).filter((key) => typeof loaded[key] === 'function');
    const exported = functions.sort().join(', ') || 'no functions';
    throw this.configError(
      `export: ${module} exports no function "${exportName}"${suggestNearest(exportName, functions)}; it exports: ${exported}`,
    );
  }
}
