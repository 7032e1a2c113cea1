import { Type } from '@dgt/core';

const jsonSchema = Type.Record(Type.String(), Type.Unknown());

/** How a value is found in the text of an answer. */
export const extractField = Type.Union([
  Type.Literal('json'),
  Type.Object({ json: Type.Object({ schema: Type.Optional(jsonSchema) }, { additionalProperties: false }) }),
  Type.Object(
    { tag: Type.String({ minLength: 1 }), all: Type.Optional(Type.Boolean()) },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      regex: Type.String({ minLength: 1 }),
      flags: Type.Optional(Type.String()),
      all: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      /** A module; relative to the task's file. */
      javascript: Type.String({ minLength: 1 }),
      export: Type.Optional(Type.String({ minLength: 1 })),
      options: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    },
    { additionalProperties: false },
  ),
]);

/** An extractor as a task file has it. */
export type ExtractSpec =
  | 'json'
  | { readonly json: { readonly schema?: Readonly<Record<string, unknown>> } }
  | { readonly tag: string; readonly all?: boolean }
  | { readonly regex: string; readonly flags?: string; readonly all?: boolean }
  | { readonly javascript: string; readonly export?: string; readonly options?: Readonly<Record<string, unknown>> };
