import { once } from 'node:events';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { Job } from '@oriel/schemas';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { runCommand, startCommand } from './command.ts';
import { openProgram, penguinsCsv } from './penguins-file.ts';

// each command is a process of its own, which takes its time to start on a busy machine
vi.setConfig({ testTimeout: 120_000 });

let app: TestApp;
let program: Awaited<ReturnType<typeof openProgram>>;
const options = () => ({ url: app.url, apiKey: program.apiKey, cwd: program.folder });
const run = (...args: string[]) => runCommand(args, options());

beforeAll(async () => {
  app = await startTestApp({ ORIEL_JOB_CHUNK_ROWS: '500' });
  program = await openProgram(app);
});
afterAll(async () => {
  await program[Symbol.asyncDispose]();
  await app.close();
});

describe('oriel predict', () => {
  const weight = ['--map', 'bodyMassG=weight'];

  test('makes a file of results out of a file of rows', async () => {
    const { writeCsv, folder, client } = program;
    await writeCsv('rows.csv', penguinsCsv(1200));
    const { code, stdout, stderr } = await run(
      'predict',
      '--model',
      'penguins',
      '--input',
      'rows.csv',
      '--output',
      'out.csv',
      ...weight,
    );
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain('Dataset rows: 1,200 rows, 7 columns');
    expect(stderr).toMatch(/bodyMassG\s+<-\s+weight\s+As you said\./);
    expect(stderr).toMatch(/culmenLengthMm\s+<-\s+culmen_length_mm\s+Its name is the same/);
    expect(stderr).toMatch(/1,200 rows in .* \([\d,]+ rows\/s\) -> out\.csv \([\d.]+ kB\)/);
    // no bar where nobody looks
    expect(stderr).not.toContain('\r');
    const [header, ...lines] = (await readFile(join(folder, 'out.csv'), 'utf8')).trimEnd().split(/\r?\n/);
    expect(header).toContain('bird,island');
    expect(header).toContain('species');
    expect(lines).toHaveLength(1200);
    expect((await readdir(folder)).toSorted()).toEqual(['out.csv', 'rows.csv']);
    for await (const job of client.jobs.eachJob({ kind: 'dataset.predict' }))
      expect(job.state).toBe('succeeded');
  });

  test('reads standard input, writes standard output, and tidies up', async () => {
    const args = ['predict', '-m', 'penguins', '-i', '-', '-o', '-', '--format', 'ndjson', '--results-only'];
    const csv = penguinsCsv(3);
    const { code, stdout } = await runCommand([...args, '--discard', ...weight], {
      ...options(),
      input: csv,
    });
    expect(code).toBe(0);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatchObject({ species: expect.any(String) });
    expect(rows[0]).not.toHaveProperty('bird');
    const left: string[] = [];
    for await (const { name } of program.client.datasets.eachDataset({ text: 'standard input' }))
      left.push(name);
    expect(left).toEqual([]);
  });

  test('takes a dataset of the server, writes Parquet, and tells programs what it did', async () => {
    const { client, folder } = program;
    const { id } = await client.datasets.upload(new Blob([penguinsCsv(10)]), { name: 'ten' });
    const { code, stdout } = await run(
      'predict',
      '-m',
      'penguins',
      '--dataset',
      id,
      '-o',
      'out.parquet',
      '--json',
      ...weight,
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      state: 'succeeded',
      datasetId: id,
      progress: { rowsDone: 10 },
    });
    expect((await readFile(join(folder, 'out.parquet'))).subarray(0, 4).toString()).toBe('PAR1');
  });

  test('takes the version before, where the newest of a dataset cannot be read', async () => {
    const { client } = program;
    const { id } = await client.datasets.upload(new Blob([penguinsCsv(5)]), { name: 'five' });
    await client.datasets.upload(new Blob(['a,b\n1,2,3\n']), { datasetId: id }).catch(() => undefined);
    expect((await client.datasets.get.query({ id })).latest).toMatchObject({ version: 2, state: 'failed' });
    const args = ['predict', '-m', 'penguins', '--dataset', id, '-o', '-', '--format', 'csv', ...weight];
    const { code, stdout } = await run(...args);
    expect([code, stdout.trimEnd().split(/\r?\n/).length]).toEqual([0, 6]);
  });

  test('rows that fail do not stop the others, and are told', async () => {
    const { writeCsv, folder } = program;
    await writeCsv('faults.csv', `${penguinsCsv(3)}3,Atlantis,40,17,200,4000,\n`);
    const { code, stderr } = await run(
      'predict',
      '-m',
      'penguins',
      '-i',
      'faults.csv',
      '-o',
      'faults-out.csv',
      ...weight,
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/4 rows.*, 1 of them failed/);
    expect(await readFile(join(folder, 'faults-out.csv'), 'utf8')).toContain('INPUT_INVALID');
  });

  test('whoever reads no more of the results is not left with what was uploaded', async () => {
    const { writeCsv, client } = program;
    await writeCsv('read-in-part.csv', penguinsCsv(20_000));
    const args = ['predict', '-m', 'penguins', '-i', 'read-in-part.csv', '-o', '-', '--format', 'ndjson'];
    const command = startCommand([...args, '--discard', ...weight], options());
    command.closeOutput();
    const { code, stderr } = await command.ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining('The results are on the server: dataset ')]);
    const left: string[] = [];
    for await (const { name } of client.datasets.eachDataset({ text: 'read-in-part' })) left.push(name);
    // the results, which nobody else has
    expect(left).toEqual(['read-in-part: penguins']);
  });

  test('Ctrl-C cancels the job, and leaves no file', async () => {
    const { writeCsv, folder, client } = program;
    await writeCsv('many.csv', penguinsCsv(60_000));
    const command = startCommand(
      ['predict', '-m', 'penguins', '-i', 'many.csv', '-o', 'never.csv', ...weight],
      options(),
    );
    await command.says('Fields of penguins');
    await untilRunning();
    command.kill('SIGINT');
    const { code, stderr } = await command.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('The job is cancelled.');
    expect(await readdir(folder)).not.toContain('never.csv');
    const [job] = (await client.jobs.list.query({ kind: 'dataset.predict', limit: 1 })).items;
    expect(job?.state).toBe('cancelled');

    async function untilRunning() {
      for (;;) {
        const [job] = (await client.jobs.list.query({ kind: 'dataset.predict', limit: 1 })).items;
        if (job?.progress.rowsTotal === 60_000) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  });

  test('Ctrl-C while the file is read removes what was uploaded, where that is asked for', async () => {
    // a server that does no jobs never reads it to its end
    const idle = await startTestApp({}, { areJobsDone: false });
    await using owner = await openProgram(idle);
    await owner.writeCsv('rows.csv', penguinsCsv(3));
    const command = startCommand(
      ['predict', '-m', 'penguins', '-i', 'rows.csv', '-o', 'never.csv', '--discard', ...weight],
      { url: idle.url, apiKey: owner.apiKey, cwd: owner.folder },
    );
    await command.says('Reading');
    const listed = () => owner.client.datasets.list.query({});
    expect((await listed()).items).toHaveLength(1);
    command.kill('SIGINT');
    expect(await command.ended).toMatchObject({ code: 130, stderr: expect.stringContaining('Stopped.') });
    expect((await listed()).items).toEqual([]);
    await idle.close();
  });
});

describe('what goes wrong is said before anything is done', () => {
  test.each([
    [['predict', '-m', 'penguins', '-o', 'x.csv'], 'Say which rows'],
    [['predict', '-m', 'penguins', '-i', '', '-o', 'x.csv'], 'Say which rows'],
    [
      ['check', '-m', 'penguins', '-i', 'rows.csv', '-o', '-', '--format', 'csv', '--json'],
      'cannot both have standard output',
    ],
    [['predict', '-m', 'penguins', '-i', 'none.csv', '-o', 'x.csv'], 'none.csv cannot be read'],
    [['predict', '-m', 'penguins', '-i', 'rows.csv', '-o', 'no/folder/x.csv'], 'Nothing can be written'],
    [['predict', '-m', 'penguins', '-i', 'rows.csv', '-o', '.', '--format', 'csv'], '. is a folder'],
    [
      ['predict', '-m', 'penguins', '-i', 'rows.csv', '-o', 'x.csv', '--model-version', '9'],
      'penguins has no version "9". There are: 1.',
    ],
    [['predict', '-m', 'penguins', '-i', 'rows.csv', '-o', 'x.xlsx'], 'Say with --format'],
    [
      ['predict', '-m', 'penguins', '-i', 'rows.csv', '-o', 'x.csv', '--map', 'x'],
      '--map wants field=column',
    ],
    [
      ['predict', '-m', 'penguins', '-i', 'rows.csv', '-o', 'x.csv', '--map', 'colour=sex'],
      'no field "colour"',
    ],
    [
      ['predict', '-m', 'penguins', '-i', 'rows.csv', '-o', 'x.csv', '--map', 'sex=gender'],
      'no column "gender"',
    ],
    [['predict', '-m', 'penguins', '-i', 'other.csv', '-o', 'x.csv'], '--map island=<column>'],
    [['upload', '.'], 'There are no images in the folder'],
    [['jobs', '--state', 'asleep'], '--state must be one of queued'],
    [['jobs', '--url', 'nowhere'], '--url must be an address'],
    [['jobs', '--url', 'http://ada:secret@localhost'], '--url must have no name and password'],
    [['fly'], 'There is no command "fly"'],
  ])('%j', async (args, message) => {
    await program.writeCsv('rows.csv', penguinsCsv(3));
    await program.writeCsv('other.csv', 'a,b\n1,2\n');
    const { code, stderr } = await run(...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  test('a model that is not there', async () => {
    await program.writeCsv('rows.csv', penguinsCsv(3));
    const { code, stderr } = await run('predict', '-m', 'moths', '-i', 'rows.csv', '-o', 'x.csv');
    expect([code, stderr]).toEqual([1, expect.stringContaining('MODEL_NOT_FOUND')]);
    expect(stderr).not.toContain('Uploading');
  });

  test('nobody who may', async () => {
    const { url, cwd } = options();
    const { code, stderr } = await runCommand(['jobs'], { url, cwd, apiKey: '' });
    expect([code, stderr]).toEqual([1, expect.stringContaining('Give an API key with ORIEL_API_KEY')]);
  });

  test('no server', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((closed) => server.close(closed));
    const url = `http://127.0.0.1:${port}`;
    const { code, stderr } = await runCommand(['jobs'], { ...options(), url });
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${url} does not answer (ECONNREFUSED)`)]);
  });

  test.each([
    ['a proxy', 502, 'text/html', '<h1>Bad gateway</h1>'],
    ['another server', 200, 'application/json', '{"hello":"you"}'],
  ])('%s that answers in place of the server', async (_who, status, type, body) => {
    const server = createHttpServer((_request, response) => {
      response.writeHead(status, { 'content-type': type }).end(body);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, stderr } = await runCommand(['jobs'], { ...options(), url });
    server.close();
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`${url} answered, but not as an Oriel server`),
    ]);
  });

  test('what was uploaded is removed also then, where that is asked for', async () => {
    await program.writeCsv('unfit.csv', 'a,b\n1,2\n');
    const args = ['predict', '-m', 'penguins', '-i', 'unfit.csv', '-o', 'x.csv', '--discard'];
    expect(await run(...args)).toMatchObject({ code: 2 });
    const left: string[] = [];
    for await (const { name } of program.client.datasets.eachDataset({ text: 'unfit' })) left.push(name);
    expect(left).toEqual([]);
  });

  test('results that cannot be written are still on the server, which is said', async () => {
    const { writeCsv, folder } = program;
    await writeCsv('many.csv', penguinsCsv(20_000));
    const out = join(folder, 'gone');
    await mkdir(out);
    const command = startCommand(
      ['predict', '-m', 'penguins', '-i', 'many.csv', '-o', 'gone/x.csv', '--map', 'bodyMassG=weight'],
      options(),
    );
    await command.says('Fields of penguins');
    await rm(out, { recursive: true });
    const { code, stderr } = await command.ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining('The results are on the server: dataset ')]);
  });

  test('a file that is no table', async () => {
    await program.writeCsv('broken.csv', 'a,b\n1,2\n1,2,3\n');
    const { code, stderr } = await run('upload', 'broken.csv');
    expect([code, stderr]).toEqual([1, expect.stringContaining('DATASET_UNREADABLE')]);
  });
});

describe('other commands', () => {
  test('oriel upload prints the id of the dataset', async () => {
    const path = await program.writeCsv('small.csv', penguinsCsv(4));
    const { code, stdout } = await run('upload', path, '--name', 'small ones', '--tag', 'a', '--tag', 'b');
    expect(code).toBe(0);
    const dataset = await program.client.datasets.get.query({ id: stdout.trim() });
    expect(dataset).toMatchObject({ name: 'small ones', tags: ['a', 'b'], latest: { rows: 4 } });
  });

  test('oriel check tells which rows a model would refuse', async () => {
    const { writeCsv, folder } = program;
    await writeCsv('faults.csv', `${penguinsCsv(3)}3,Atlantis,40,17,200,4000,\n`);
    const args = ['-m', 'penguins', '--map', 'bodyMassG=weight', '-i'];
    const { code, stderr } = await run('check', ...args, 'faults.csv', '-o', 'report.csv');
    expect([code, stderr]).toEqual([3, expect.stringContaining('1 of 4 rows would be refused.')]);
    expect(stderr).toMatch(/1 row\s+island.*first in row 4/);
    expect(await readFile(join(folder, 'report.csv'), 'utf8')).toContain('Atlantis');

    await writeCsv('good.csv', penguinsCsv(3));
    expect(await run('check', ...args, 'good.csv')).toMatchObject({ code: 0 });
  });

  test('oriel jobs lists, oriel watch shows the end', async () => {
    const { stdout } = await run('jobs', '--state', 'succeeded', '--limit', '5');
    expect(stdout).toMatch(/^ID +STATE +ROWS +STARTED +TITLE\n/);
    // the file that was read last
    expect(stdout).toMatch(/ succeeded +3 +\S+ +Read good\n/);
    const lines = (await run('jobs', '--state', 'succeeded', '--json')).stdout.trimEnd().split('\n');
    const { id } = JSON.parse(lines[0] ?? '') as Job;
    const watched = await run('watch', id);
    expect(watched).toMatchObject({ code: 0, stderr: expect.stringContaining('Succeeded.') });
    const [cancelled] = (await program.client.jobs.list.query({ state: 'cancelled' })).items;
    const { code, stdout: ended } = await run('watch', cancelled?.id ?? '', '--json');
    expect([code, JSON.parse(ended)]).toEqual([1, cancelled]);
  });

  test('every command explains itself', async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    for (const command of ['predict', 'check', 'upload', 'jobs', 'watch']) {
      expect(stdout).toContain(`oriel ${command}`);
      expect(await run(command, '--help')).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(`Usage: oriel ${command}`),
      });
    }
  });
});
