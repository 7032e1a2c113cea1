/**
 * Measures the fake model server: `npm run build`, then `node --import tsx bench/fake-server.ts`. See bench/README.md.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { serveBare, serveFake } from './fake-server/servers.js';
import { measureDgt, measurePool, type Speed } from './fake-server/clients.js';

const servers = { bare: serveBare, fake: serveFake };
const [first, name] = process.argv.slice(2);

if (first === '--serve') await servers[name as keyof typeof servers]();
else {
  const bare = await measure('bare', measurePool);
  const fake = await measure('fake', measurePool);
  const dgt = await measure('fake', measureDgt);
  const share = (fake.perSecond / bare.perSecond).toFixed(2);
  const lead = (fake.perSecond / dgt.perSecond).toFixed(1);
  process.stdout.write(
    `fake server: ${show(fake)}; ${share} of a bare node:http server (${show(bare)}); ` +
      `${lead} times what dgt's openai block asks of it (${show(dgt)})\n`,
  );
}

/** Runs a client of this process against a server in a process of its own. */
async function measure(server: keyof typeof servers, client: (url: string) => Promise<Speed>): Promise<Speed> {
  const args = [...process.execArgv, process.argv[1] as string, '--serve', server];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
    return await client(url);
  } finally {
    child.kill();
    await once(child, 'close');
  }
}

function show({ perSecond }: Speed): string {
  return `${Math.round(perSecond).toLocaleString('en')} requests/s`;
}
