// A process that opens the data folder it is given, and inserts rows until it is killed. It says the id of
// each row that the database has acknowledged.
import { openDatabase } from '../../../src/db/database.ts';
import { newPrediction } from './new-prediction.ts';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const [dataFolder = ''] = process.argv.slice(2);

try {
  const { prisma } = await openDatabase({ dataFolder, logger: quiet });
  const insert = async () => {
    for (;;) {
      const { id } = await prisma.prediction.create({
        data: newPrediction({ model: 'inserted' }),
        select: { id: true },
      });
      process.stdout.write(`${id}\n`);
    }
  };
  await Promise.all([insert(), insert(), insert(), insert()]);
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
