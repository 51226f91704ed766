import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { simplifications, withSimplifications } from './simplifications.ts';

// Brings the generated part of docs/fidelity.md up to date: node test/meta/write-fidelity.ts
const root = join(import.meta.dirname, '../..');
const path = join(root, 'docs/fidelity.md');
writeFileSync(path, withSimplifications(readFileSync(path, 'utf8'), simplifications(root)));
