import { commonOptions, readArguments } from '../arguments.ts';
import { toInputFormat } from '../formats.ts';
import { openClient } from '../open-client.ts';
import { exitCodes } from '../terminal.ts';
import { uploadFile } from '../upload-file.ts';
import { type Command, commonHelp } from './command.ts';

const help = `Usage: oriel upload <file> [options]

Makes a dataset of a file or of a folder of images, and prints its id. - is standard input.

      --name <name>            the file's name without it
      --description <text>
      --tag <tag>              may be given several times
      --dataset <id>           makes a new version of this dataset
      --input-format <format>  csv, tsv, json, ndjson, parquet or images, where the file's name does not say it
${commonHelp}

Exit codes: 0 done; 1 failed; 2 wrong usage; 130 stopped by Ctrl-C.`;

const options = {
  ...commonOptions,
  name: { type: 'string' },
  description: { type: 'string' },
  tag: { type: 'string', multiple: true },
  dataset: { type: 'string' },
  'input-format': { type: 'string' },
} as const;

export const uploadCommand: Command = {
  summary: 'makes a dataset of a file',
  help,
  async run(args, terminal) {
    const { values, positionals } = readArguments(args, { options, names: ['file'] });
    const [path = ''] = positionals;
    const { name, description, tag, dataset: datasetId } = values;
    const format = toInputFormat(values['input-format'], path);
    const client = openClient(values, terminal);
    const file = {
      path,
      format,
      ...(name !== undefined && { name }),
      ...(description !== undefined && { description }),
      ...(tag && { tags: tag }),
      ...(datasetId !== undefined && { datasetId }),
    };
    const dataset = await uploadFile(client, file, terminal);
    terminal.stdout.write(`${values.json ? JSON.stringify(dataset) : dataset.id}\n`);
    return exitCodes.done;
  },
};
