import type { Row, TObject } from '@dgt/core';

/**
 * Makes the values of a row what its data point declares, where the format of a file could not say so: in csv everything is
 * text, in parquet an absent value is null. What cannot be told for certain stays as it is.
 */
export function fitRow(row: Row, schema: TObject): Row {
  const required = new Set(schema.required);
  const fitted: Row = { ...row };
  for (const [field, { type }] of Object.entries(schema.properties) as [string, { type?: string }][]) {
    const value = row[field];
    if (value === null && !required.has(field) && type !== 'null') delete fitted[field];
    else if (typeof value === 'string') fitted[field] = readText(value, type);
  }
  return fitted;
}

function readText(text: string, type: string | undefined): unknown {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (type !== 'number' && type !== 'integer') return text;
  // Only where nothing is lost: "007" is no number, and neither are more digits than a double holds.
  return String(Number(text)) === text ? Number(text) : text;
}
