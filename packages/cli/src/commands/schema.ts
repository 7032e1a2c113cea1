import type { CommandSession } from '../command-session.js';
import { announcePlugIns } from '../plug-ins.js';
import type { SchemaFlags } from '../program.js';
import { makeBuilderSchema, makeTaskSchema } from '../schemas/file-schemas.js';

/** `dgt schema`: the JSON Schema of task files or of the YAML of data builders, the project's own block types among them. */
export async function schema({ what }: SchemaFlags, session: CommandSession): Promise<number> {
  announcePlugIns(session.context.workingFolder);
  session.printJson(what === 'task' ? makeTaskSchema() : await makeBuilderSchema());
  return 0;
}
