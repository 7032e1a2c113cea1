import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorTable, type ErrorCode } from './error-table.js';

const page = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');
const codes = Object.keys(errorTable) as ErrorCode[];

/** The sections of the page by their heading, each as it is written. */
const sections = new Map(
  page
    .split(/^(?=## )/m)
    .slice(1)
    .map((section) => [section.slice(3, section.indexOf('\n')), section.trim()]),
);

function renderSection(code: ErrorCode): string {
  const { message, cause, remedy } = errorTable[code];
  return `## ${code}\n\n- Message: \`${message}\`\n- Cause: ${cause}\n- Remedy: ${remedy}`;
}

describe('docs/errors.md', () => {
  it.each(codes)('documents %s as the table has it', (code) => {
    const section = renderSection(code);
    const wrong = sections.has(code) ? 'differs from the table; it must read' : 'is missing; add';
    expect(sections.get(code), `The section ${code} of docs/errors.md ${wrong}:\n\n${section}\n`).toBe(section);
  });

  it('documents no code that the table does not have', () => {
    const gone = [...sections.keys()].filter((heading) => !Object.hasOwn(errorTable, heading));
    expect(gone, `Remove these sections from docs/errors.md: ${gone.join(', ')}`).toEqual([]);
  });

  it('has its sections in the order of the table', () => {
    expect([...sections.keys()], 'Order the sections of docs/errors.md as errorTable has them').toEqual(codes);
  });

  it('documents each code once', () => {
    const headings = page.match(/^## .*$/gm) ?? [];
    expect(headings).toHaveLength(new Set(headings).size);
  });
});

describe('the error table', () => {
  it.each(codes)('says of %s what failed, why and what to do', (code) => {
    const { message, cause, remedy } = errorTable[code];
    expect(code).toMatch(/^DGT_[A-Z]+(_[A-Z]+)+$/);
    expect(message).not.toMatch(/\.$|\n|`/);
    expect(cause).toMatch(/\.$/);
    expect(remedy).toMatch(/\.$|^\{\w+\}$/);
  });

  it.each(codes)('says %s in text that Markdown shows as it is', (code) => {
    const { cause, remedy } = errorTable[code];
    // Outside of backticks a <name> would be taken for HTML and vanish from the page.
    expect(`${cause} ${remedy}`.replaceAll(/`[^`]*`/g, '')).not.toMatch(/[<>]/);
  });
});
