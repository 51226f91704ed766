import type { Process } from '../../container/process.ts';

/** A certificate and its key out of the container's files, in PEM; throws where one is missing. */
export const tlsFiles = (process: Process, certFile: string, keyFile: string): { cert: string; key: string } => ({
  cert: readText(process, certFile),
  key: readText(process, keyFile),
});

const readText = (process: Process, path: string): string =>
  process.files.readFile(path.startsWith('/') ? path : `${process.cwd.replace(/\/$/, '')}/${path}`, process).toString();
