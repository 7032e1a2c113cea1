/** How long a refused prompt was, and how long it may be, where the server says so. @unit tokens */
export interface ContextLength {
  readonly tokens?: number;
  readonly limit?: number;
}

const signs =
  /context.length|context.window|context.size|maximum context|prompt is too long|input is too long|input length.*exceed|too many tokens/i;

/** Reads a refusal that is about the length of the prompt; undefined for any other. */
export function readContextLength(refusal: {
  readonly message: string;
  readonly reasonCode?: string | undefined;
}): ContextLength | undefined {
  const { message, reasonCode = '' } = refusal;
  if (!signs.test(message) && !/context_(length|size)/.test(reasonCode)) return undefined;
  const limit =
    /maximum context length is (\d+)/i.exec(message)?.[1] ??
    /> (\d+) maximum/.exec(message)?.[1] ??
    /(?:context|n_ctx)[^\d]{0,30}\(?(\d+)/i.exec(message)?.[1];
  const tokens =
    /(\d+) in the messages/.exec(message)?.[1] ??
    /requested (?:about )?(\d+)/i.exec(message)?.[1] ??
    /resulted in (\d+)/i.exec(message)?.[1] ??
    /(\d+) tokens? >/.exec(message)?.[1] ??
    /request \((\d+) tokens\)/.exec(message)?.[1];
  return {
    ...(tokens !== undefined && { tokens: Number(tokens) }),
    ...(limit !== undefined && { limit: Number(limit) }),
  };
}
