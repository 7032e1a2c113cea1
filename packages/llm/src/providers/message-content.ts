import type { Message } from '@dgt/core';

/** The text of a message, whose parts may be several. */
export function readText(content: Message['content']): string {
  if (content === null || typeof content === 'string') return content ?? '';
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

const dataUrl = /^data:([\w.+-]+\/[\w.+-]+);base64,(.*)$/s;

/** Whether a URL holds its image itself. */
export function isDataUrl(url: string): boolean {
  return dataUrl.test(url);
}

/** The type and the base64 of an image that its URL holds. */
export function readDataUrl(url: string): { readonly mediaType: string; readonly data: string } {
  const [, mediaType = '', data = ''] = dataUrl.exec(url) ?? [];
  return { mediaType, data };
}
