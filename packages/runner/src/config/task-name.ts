const outputFile =
  /^(final_data\..*|data\.jsonl|rejected\.jsonl|errors\.jsonl|formatted_data\..*|task_card\.json|task_results\.json|events\.jsonl|ledger\.db.*|.*\.previous)$/i;

/**
 * Says why a task name cannot be the path of an output folder, or undefined when it can. Every part of a safe name is an
 * ordinary name of a file on all systems.
 */
export function findUnsafeTaskName(name: string): string | undefined {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(name)) return 'it has a control character';
  if (/^([/\\~]|[a-zA-Z]:)/.test(name)) return 'it is absolute';
  if (name.includes('\\')) return 'it has a backslash; folders are separated with "/"';
  for (const part of name.split('/')) {
    if (part === '') return 'a part of it is empty';
    if (part === '..') return 'it leaves the folder with ".."';
    if (part === '.') return 'it has a part "."';
    if (part !== part.trim()) return `its part "${part}" begins or ends with a space`;
    if (Buffer.byteLength(part) > 200) return 'a part of it is longer than 200 bytes';
    if (outputFile.test(part)) return `"${part}" is a name that dgt gives to a file or folder of its own`;
  }
  return undefined;
}
