/** Four machines in small: network namespaces with names and addresses of their own, Open MPI over TCP between them. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeTinyModel } from '../src/testing/index.ts';
import { bundled } from './support/bundled.ts';
import { findMpi, isAlive, type Mpi, startJob, until } from './support/mpirun.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const script = here('./support/cluster.sh');
const program = (of: string) => bundled(new URL(`./support/${of}.ts`, import.meta.url));
const name = `ac${process.pid % 10_000}`;
const MACHINES = 4;
const mpi = findMpi('openmpi');
let folder = '';
let hindrance = typeof mpi === 'string' ? mpi : '';
/** Why packets are not delayed; empty where they are. */
let undelayed = '';
/** What stands in for the kernel's netem where it has none. */
let delaySwitch: ChildProcess | undefined;

/** A network with a delay if it can be had, by the kernel's means or ours. */
async function connectMachines(): Promise<void> {
  const cluster = (...args: string[]) => execFileSync(script, args, { encoding: 'utf8', stdio: 'pipe' });
  if (!cluster('up', name, String(MACHINES)).includes('no delay')) return;
  if (!existsSync('/dev/net/tun')) {
    undelayed = "needs the kernel's netem or /dev/net/tun, for a delay";
    return;
  }
  cluster('down', name, String(MACHINES));
  const child = spawn(process.execPath, [await program('delay-switch'), name, `${MACHINES}`, '1'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  delaySwitch = child;
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`the switch ended with code ${code}`)));
  });
  cluster('plug', name, String(MACHINES));
}

/** Takes the link of a machine down; nobody is told. */
function cut(machine: number): void {
  if (delaySwitch) delaySwitch.stdin!.write(`cut ${machine}\n`);
  else execFileSync(script, ['cut', name, `${machine}`]);
}

beforeAll(async () => {
  if (hindrance) return;
  if (process.getuid?.() !== 0) hindrance = 'needs root, for network namespaces';
  else {
    try {
      await connectMachines();
    } catch (error) {
      hindrance = `needs network namespaces: ${
        String((error as { stderr?: string }).stderr ?? (error as Error).message)
          .trim()
          .split('\n')[0]
      }`;
    }
  }
  folder = await mkdtemp(join(tmpdir(), 'alpacare-cluster-'));
  await writeTinyModel(join(folder, 'model'), { tokenizer: here('./golden/tiny-tokenizer/byte-level') });
  const records = Array.from({ length: 20 }, (_, i) => ({
    instruction: `Why ${i}?`,
    input: '',
    output: `Because ${i}.`,
  }));
  await writeFile(join(folder, 'records.jsonl'), records.map((r) => JSON.stringify(r)).join('\n'));
  await writeFile(join(folder, 'agent.sh'), `#!/bin/sh\nexec ${script} agent "$@"\n`, { mode: 0o755 });
});
afterAll(async () => {
  if (!hindrance) execFileSync(script, ['down', name, String(MACHINES)]);
  delaySwitch?.stdin?.end();
  await rm(folder, { recursive: true, force: true });
});
beforeEach((context) => {
  if (hindrance) context.skip(hindrance);
});

const options = (output: string) => ({
  model: join(folder, 'model'),
  records: [join(folder, 'records.jsonl')],
  output: join(folder, output),
  template: 'chat',
  split: { counts: { train: 20, validation: 0, test: 0 } },
  adapter: { rank: 2, alpha: 4, dropout: 0.2, targetModules: 'all-linear' },
  train: { steps: 6, batchSize: 2, accumulation: 5 },
});
const rank = async (of: string, ...args: string[]) => [process.execPath, await program(of), ...args];

/** mpirun on the first machine, one rank on each; the launcher's own links are watched as closely as ours. */
function startOnMachines(program: readonly string[]) {
  const hosts = Array.from({ length: MACHINES }, (_, i) => `10.77.0.${i + 1}`).join(',');
  const parameters = {
    plm_rsh_agent: join(folder, 'agent.sh'),
    plm_rsh_no_tree_spawn: '1',
    routed: 'direct',
    btl: 'tcp,self',
    btl_tcp_if_include: '10.77.0.0/24',
    oob_tcp_if_include: '10.77.0.0/24',
    oob_tcp_keepalive_time: '2',
    oob_tcp_keepalive_intvl: '1',
    oob_tcp_keepalive_probes: '2',
  };
  const mca = Object.entries(parameters).flatMap(([key, value]) => ['--mca', key, value]);
  const variables = ['-x', 'ALPACARE_MPI_SILENCE'];
  const command = [(mpi as Mpi).command, '--bind-to', 'none', '-n', String(MACHINES), '--host', hosts];
  const whole = [...command, ...mca, ...variables, '--wdir', process.cwd(), ...program];
  const quoted = whole.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const child = spawn(script, ['agent', '10.77.0.1', quoted], {
    env: {
      ...process.env,
      ALPACARE_TEST_CLUSTER: name,
      ALPACARE_MPI_SILENCE: '3',
      TMPDIR: folder,
      OMPI_ALLOW_RUN_AS_ROOT: '1',
      OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
    },
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  child.stderr.on('data', (text) => {
    errors += text;
  });
  const ended = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 128)));
  return { ended, output: () => output, errors: () => errors };
}

describe('four machines', { timeout: 120_000 }, () => {
  it('train to the adapter that four ranks on one machine make', async () => {
    const argument = (output: string) => JSON.stringify({ options: options(output) });
    const far = startOnMachines(await rank('train-rank', argument('far')));
    expect(await far.ended, far.errors()).toBe(0);
    expect(far.output()).toContain('"ranks":4,"hosts":4');
    const near = startJob(mpi as Mpi, MACHINES, await rank('train-rank', argument('near')));
    expect(await near.ended, near.errors()).toBe(0);
    const adapter = (output: string) => readFile(join(folder, output, 'adapter_model.safetensors'));
    expect(await adapter('far')).toEqual(await adapter('near'));
  });

  it('are a millisecond apart', async (context) => {
    if (undelayed) context.skip(undelayed);
    const on = async (machine: number, ...args: string[]) =>
      spawn('ip', ['netns', 'exec', `${name}${machine}`, ...(await rank('round-trip', ...args))]);
    const first = (child: ChildProcess) =>
      new Promise<string>((resolve, reject) => {
        child.stdout!.once('data', (text) => resolve(String(text)));
        child.once('exit', (code) => reject(new Error(`code ${code}`)));
      });
    await first(await on(2, 'serve'));
    const milliseconds = Number(await first(await on(1, '10.77.0.2')));
    process.stdout.write(
      `fastest round trip, ${delaySwitch ? 'by our switch' : 'by netem'}: ${milliseconds.toFixed(2)} ms\n`,
    );
    expect(milliseconds).toBeGreaterThanOrEqual(2);
    expect(milliseconds).toBeLessThan(20);
  });

  it('end, one and all, when the link of one is cut', async () => {
    const job = startOnMachines(await rank('collective-rank', 'forever'));
    const pids = () => [...job.output().matchAll(/^pid \d (\d+)$/gm)].map((match) => Number(match[1]));
    await until(() => pids().length === MACHINES, 'all ranks to start', 60);
    cut(MACHINES);
    expect(await job.ended).not.toBe(0);
    await until(() => !pids().some(isAlive), 'all ranks to be gone', 15);
    const messages = job
      .errors()
      .split('\n')
      .filter((line) => line.startsWith('error: '));
    expect(messages).toEqual([
      expect.stringMatching(new RegExp(`^error: rank 3 on ${name}4 has given no sign of life`)),
    ]);
  });
});
