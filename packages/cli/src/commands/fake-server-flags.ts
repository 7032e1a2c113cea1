import { Option, type Command } from 'commander';
import type { OutputFlags } from '../command-session.js';

/** What the options of `dgt fake-server` are called once parsed. Numbers are still text: whoever reads them checks them. */
export interface FakeServerFlags extends OutputFlags {
  readonly port?: string;
  readonly answer?: string;
  readonly models?: readonly string[];
  readonly requireKey?: string;
  readonly replay?: string;
  readonly record?: string;
  readonly fixtures: string;
  readonly latency?: string;
  readonly slowShare?: string;
  readonly msPerToken?: string;
  readonly capacity?: string;
  readonly whenFull?: 'queue' | '429' | '503';
  readonly requestsPerMinute?: string;
  readonly requestsPerSecond?: string;
  readonly tokensPerMinute?: string;
  readonly tokensPerSecond?: string;
  readonly change?: readonly string[];
  readonly fault?: readonly string[];
  readonly faultSeed?: string;
  readonly report?: string;
  readonly options?: string;
}

/** Adds the command `fake-server` with its options. */
export function defineFakeServer(program: Command): Command {
  return program
    .command('fake-server')
    .showHelpAfterError('`dgt fake-server --help` explains its options.')
    .summary('a model server for tests: scripted, slow, limited or faulty, as told')
    .description(
      "Serves a made-up model on this machine in the words of OpenAI's, Anthropic's and Ollama's API, until it is stopped. " +
        'GET /report says what clients did.',
    )
    .option('--port <n>', 'where to listen (default: any free port)')
    .optionsGroup('Answers:')
    .option(
      '--answer <source>',
      'geography, repeating, template:TEXT with {{prompt}} {{name}} {{number}}, tool:NAME JSON, or file:PATH of JSON Lines (default: geography)',
    )
    .option('--models <names...>', 'the models that it has (default: every one that is asked for)')
    .option('--require-key <key>', 'refuse every other API key')
    .option('--record <url>', 'send requests on to this server and write down its answers, without secrets')
    .option('--fixtures <file>', 'where --record writes them', 'fixtures.jsonl')
    .option('--replay <file>', 'answer from what was recorded, and nothing else')
    .optionsGroup('Time:')
    .option('--latency <ms>', 'of each answer: 200, or 50-400, or p50=200,p99=2000 (default: 0)')
    .option('--slow-share <share>', 'this share of answers takes ten times as long')
    .option('--ms-per-token <ms>', 'what each token of an answer adds')
    .optionsGroup('Limits:')
    .option('--capacity <n>', 'answer so many requests at once')
    .addOption(new Option('--when-full <how>', 'what the others get (default: queue)').choices(['queue', '429', '503']))
    .option('--requests-per-minute <n>', 'for each API key, over any 60 seconds; beyond it comes a 429')
    .option('--requests-per-second <n>')
    .option('--tokens-per-minute <n>')
    .option('--tokens-per-second <n>')
    .option('--change <seconds:factor...>', 'multiply these limits after a time: 60:2 doubles them after a minute')
    .optionsGroup('Faults:')
    .option('--fault <name=share...>', 'fail this share of requests: rateLimit=0.1 reset=0.01 (a wrong name lists all)')
    .option('--fault-seed <n>', 'another seed, other requests that fail')
    .optionsGroup('More:')
    .option('--report <file>', 'write a line of JSON for each request')
    .option('--options <json>', 'everything else that FakeServerOptions has, such as {"batches":{"stateMs":500}}');
}
