import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { round, timed } from '../figures.js';

const packages = fileURLToPath(new URL('../../packages', import.meta.url));
const tellPeak = `data:text/javascript,process.on('exit',()=>process.stderr.write('peak '+process.resourceUsage().maxRSS+' '))`;

/** The real command, with a chain of one step over the first rows of an input, and the fake server in a process of its own. */
export async function measureChain(place: string, rows: number): Promise<string> {
  rmSync(join(place, 'chain'), { recursive: true, force: true });
  const server = spawn(process.execPath, [join(packages, 'testkit/dist/fake-server/main.js')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(server.stdout as NonNullable<ChildProcess['stdout']>, 'data')) as [Buffer];
    writeTask(place, rows, line.toString().trim());
    let text = '';
    const seconds = await timed(async () => {
      const args = ['--import', tellPeak, join(packages, 'cli/bin/dgt.js'), 'run', 'chain.yaml', '--quiet'];
      const options = ['--config-path', 'chain-model.yaml', '--output-dir', 'chain'];
      const run = spawn(process.execPath, [...args, ...options], { cwd: place, stdio: ['ignore', 'inherit', 'pipe'] });
      run.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
      const [code] = (await once(run, 'close')) as [number];
      if (code !== 0) throw new Error(`ended with ${code}: ${text}`);
    });
    const peak = Number(/peak (\d+)/.exec(text)?.[1]) / 1024;
    return `${round(rows / seconds)} rows/s in all; peak ${round(peak)} MB`;
  } finally {
    server.kill('SIGKILL');
  }
}

function writeTask(place: string, rows: number, url: string): void {
  const generator = { name: 'generator', type: 'openai', model_id_or_path: 'fake-model', api_key: 'none' };
  const block = { ...generator, base_url: `${url}/v1`, call_limit: 64 };
  const model = { databuilders: { 'core/prompt_chain': { blocks: [block] } } };
  writeFileSync(join(place, 'chain-model.yaml'), JSON.stringify(model));
  const task = {
    task_name: 'bench',
    task_description: '',
    data_builder: 'core/prompt_chain',
    data: { type: 'default', data_path: 'input.parquet' },
    dataloader: { type: 'default', limit: rows },
    steps: [{ out: 'town', user: 'Which town is this about? {text}' }],
  };
  writeFileSync(join(place, 'chain.yaml'), JSON.stringify(task));
}
