import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestTerminal } from '../__fixtures__/command-line.js';

/** Runs `dgt fake-server` with options while something is done with it, then stops it. */
async function serve(args: readonly string[], use: (url: string) => Promise<void>, terminal: TestTerminal) {
  const running = terminal.run('fake-server', ...args);
  const { stdout } = terminal;
  await stdout.untilWritten('\n');
  await use(stdout.text.trim());
  terminal.signals.emit('SIGINT');
  return running;
}

async function chat(url: string, prompt: string): Promise<{ status: number; text: string | undefined }> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: prompt }] }),
  });
  const reply = (await response.json()) as { choices?: { message: { content: string } }[] };
  return { status: response.status, text: reply.choices?.[0]?.message.content };
}

describe('dgt fake-server', () => {
  it('prints its address, serves until it is stopped, and says then what clients did', async () => {
    using terminal = new TestTerminal();
    const args = ['--answer', 'template:You said {{prompt}}.', '--report', 'report.jsonl'];
    const { code, stdout, stderr } = await serve(
      args,
      async (url) => {
        expect(await chat(url, 'hello')).toEqual({ status: 200, text: 'You said hello.' });
        const report = (await (await fetch(`${url}/report`)).json()) as object;
        expect(report).toMatchObject({ requests: 1, byOutcome: { ok: 1 } });
      },
      terminal,
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
    expect(stderr).toBe('1 request, 1 ok; at most 1 at once and 1 in a second; 0 answers given again\n');
    expect(readFileSync(join(terminal.workingFolder, 'report.jsonl'), 'utf8')).toContain('"outcome":"ok"');
  });

  it('takes limits, faults and everything else as options', async () => {
    using terminal = new TestTerminal();
    const args = ['--requests-per-minute', '2', '--fault', 'refusal=0', '--latency', '0-1', '--slow-share', '0.5'];
    const more = ['--options', '{"badRequest":"forbidden"}'];
    const { stderr } = await serve(
      [...args, ...more],
      async (url) => {
        expect((await chat(url, 'one')).status).toBe(200);
        expect((await chat(url, 'forbidden')).status).toBe(400);
        expect((await chat(url, 'two')).status).toBe(200);
        expect((await chat(url, 'three')).status).toBe(429);
      },
      terminal,
    );
    expect(stderr).toMatch(/^4 requests, 2 ok, 1 badRequest, 1 rateLimit;/);
  });

  it('prints its address as JSON when asked to', async () => {
    using terminal = new TestTerminal();
    const running = terminal.run('fake-server', '--json');
    await terminal.stdout.untilWritten('}');
    terminal.signals.emit('SIGTERM');
    const { stdout } = await running;
    expect(JSON.parse(stdout)).toEqual({
      url: expect.stringMatching(/^http:/) as string,
      port: expect.any(Number) as number,
    });
  });

  it.each([
    [['--latency', 'soon'], '--latency: expected milliseconds such as 200, 50-400 or p50=200,p99=2000, got "soon"'],
    [['--fault', 'flood=0.1'], '--fault: expected one of rateLimit, serverError,'],
    [['--fault', 'reset=2'], '--fault: expected a share from 0 to 1, got "2"'],
    [['--fault', 'reset=0.6', 'hang=0.6'], '--fault: expected shares that are together at most 1, got "1.2"'],
    [['--change', '60'], '--change: expected seconds and a factor such as 60:2, got "60"'],
    [['--capacity', 'many'], '--capacity: expected a number from 0, got "many"'],
    [['--options', '{"latencies":1}'], 'got "latencies"'],
    [['--options', '['], '--options: expected a JSON object, got "["'],
    [['--answer', 'nobody'], 'answer: expected geography, repeating, template:..., tool:..., file:..., got "nobody"'],
    [['--answer', 'template:{{weather}}'], 'answer: expected {{prompt}}, {{model}},'],
    [['--replay', 'nothing.jsonl'], 'nothing.jsonl: cannot be read'],
    [
      ['--record', 'ftp://x', '--fixtures', 'f'],
      'record: expected an address such as https://api.openai.com, got "ftp://x"',
    ],
    [['--record', 'http://x', '--replay', 'f'], '--record and --replay cannot be used together'],
  ])('says what is wrong with %j', async (args, message) => {
    using terminal = new TestTerminal();
    const { code, stderr } = await terminal.run('fake-server', ...args);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });

  it('says when its port is taken', async () => {
    using terminal = new TestTerminal();
    using other = new TestTerminal();
    await serve(
      [],
      async (url) => {
        const { port } = new URL(url);
        const { code, stderr } = await other.run('fake-server', '--port', port);
        expect(code).toBe(1);
        expect(stderr).toContain(`--port: expected a port that is free, got ${port}`);
      },
      terminal,
    );
  });
});
