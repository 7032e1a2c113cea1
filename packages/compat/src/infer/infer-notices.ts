import { clusterFlags } from './infer-flags.js';
import type { GivenFlags, InferSettings } from './infer-settings.js';
import { describeServer } from './server-command.js';
import type { InferTranslation } from './translate-infer.js';

/**
 * What a user of `generate_data.py` should know before the run: who starts the server and how, and which flags do nothing here.
 *
 * @throws ConfigError DGT_OPTION_INVALID
 */
export function describeNotices(
  translation: InferTranslation,
  { given, shard }: { readonly given: GivenFlags; readonly shard: string | undefined },
): readonly string[] {
  const { settings, folder, results, upload } = translation;
  const has = (name: keyof GivenFlags) => given[name] !== undefined;
  return [
    ...noticeServer(settings, given),
    ...(shard === undefined ? noticeCluster(settings, given, folder) : []),
    ...(settings.seed !== undefined && settings.rolloutsPerDocument > 1
      ? ['--seed goes out with every request, so that the rollouts of a document may all be the same']
      : []),
    ...(settings.enableMonitoring
      ? [`--enable-monitoring: \`dgt status ${results}\` shows how far it is, at any time`]
      : []),
    ...(has('metricInterval') ? ['--metric-interval does nothing: figures are shown all the time'] : []),
    ...(upload === undefined ? [] : [`chunks go to ${upload} too, as soon as they are whole`]),
    ...describeOmissions(translation),
    ...(settings.benchmarkMode ? ['--benchmark-mode leaves the Hub alone; answers are recorded all the same'] : []),
  ];
}

/** What was asked for and will not be done, of which even those should hear who want to hear little. */
export function describeOmissions({ settings, results, upload }: InferTranslation): readonly string[] {
  const { outputDatasetName: name, benchmarkMode } = settings;
  if (name === undefined || benchmarkMode || upload !== undefined) return [];
  return [
    `there is no token of the Hub, so that nothing goes to ${name}: chunks stay in ${results}; the same command with HF_TOKEN uploads them, and calls no model again`,
  ];
}

function noticeServer(settings: InferSettings, given: GivenFlags): string[] {
  const { command, flags } = describeServer(settings, given);
  const { endpointUrl } = settings;
  if (command === undefined) return [`asking ${endpointUrl}; dgt starts no server`, ...flags];
  return [`asking ${endpointUrl}; dgt starts no server, the flags come to: ${command}`, ...flags];
}

function noticeCluster(settings: InferSettings, given: GivenFlags, folder: string): string[] {
  const { tasks, workers, localExecution } = settings;
  const named = Object.entries(clusterFlags).filter(([name]) => given[name as keyof GivenFlags] !== undefined);
  if (named.length === 0 && (localExecution || tasks === 1)) return [];
  const own = named.map(([name, { flag }]) => `${flag}=${String(given[name as keyof GivenFlags])}`);
  const sbatch = ['sbatch', `--array=1-${tasks}%${workers}`, ...own].join(' ');
  return [
    `this process works on all ${tasks} tasks, since dgt starts no jobs. On a cluster: ${sbatch}, with this command and --shard \${SLURM_ARRAY_TASK_ID}/${tasks} as the job, and at the end: dgt merge --config-path ${folder}/dgt.yaml`,
  ];
}
