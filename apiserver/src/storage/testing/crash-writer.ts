import { writeSync } from 'node:fs';
import { openSqliteStorage } from '../sqlite-storage.ts';
import { noteCodec } from './note.ts';

/**
 * A process to be killed: writes for ever, `TURN` keys a turn, and says each key on stdout once its write is acknowledged.
 * Run as `node crash-writer.ts FILE FIRST`.
 */

const TURN = 5;

const [path, first] = process.argv.slice(2);
const storage = openSqliteStorage({ path: path!, codec: noteCodec });
for (let next = Number(first); ; next += TURN) {
  const keys = Array.from({ length: TURN }, (_, index) => `p/${next + index}`);
  await Promise.all(
    keys.map(async (key) => {
      await storage.create(key, { text: key });
      writeSync(1, `${key}\n`);
    }),
  );
}
