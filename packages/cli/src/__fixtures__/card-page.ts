import { marked } from 'marked';
import { parse, stringify } from 'yaml';

/** A card as hubs show it: what stands before the text as a table, then the text. */
export function showCard(card: string): string {
  const [, frontMatter = '', text = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(card) ?? [];
  const rows = Object.entries(parse(frontMatter) as Record<string, unknown>).map(
    ([name, value]) => `<tr><th>${escape(name)}</th><td>${escape(showValue(value))}</td></tr>`,
  );
  const body = marked.parse(text, { async: false, gfm: true });
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><style>${style}</style></head>
<body><main><table class="about">${rows.join('')}</table>${body}</main></body></html>`;
}

function showValue(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(' · ');
  return stringify(value).trim();
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** As hubs set Markdown: wide tables and code scroll in a box of their own. */
const style = `
body { margin: 0; background: #fff; color: #1f2328; font: 13px/1.5 system-ui, "Noto Sans", sans-serif; overflow-wrap: break-word; }
main { max-width: 660px; margin: 0 auto; padding: 24px; }
h1, h2 { line-height: 1.25; margin: 20px 0 12px; padding-bottom: .3em; border-bottom: 1px solid #d1d9e0; }
h1 { font-size: 2em; } h2 { font-size: 1.4em; }
p, table, pre, details { margin: 0 0 12px; }
table { display: block; width: max-content; max-width: 100%; overflow: auto; border-collapse: collapse; }
th, td { padding: 3px 12px; border: 1px solid #d1d9e0; }
th:not([align]) { text-align: left; } th:empty { display: none; }
.about { font-size: 11px; color: #59636e; } .about td { white-space: pre-wrap; }
code, pre { font: 85%/1.45 ui-monospace, "DejaVu Sans Mono", monospace; background: #eff1f3; border-radius: 6px; }
code { padding: .2em .4em; white-space: break-spaces; } pre { padding: 16px; overflow: auto; } pre code { padding: 0; font-size: 100%; white-space: pre; }
`;
