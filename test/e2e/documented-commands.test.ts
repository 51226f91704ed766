import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { BackgroundProgram } from '../support/background-program.ts';
import { KubariumProcess } from '../support/kubarium-process.ts';
import { kubectlBinary } from '../support/kubectl-binary.ts';

const DOCS = join(dirname(fileURLToPath(import.meta.url)), '../../docs');

/** `UPDATE_DOCS=1 npx vitest run test/e2e/documented-commands.test.ts` writes what the commands print into the documents. */
const isUpdate = process.env['UPDATE_DOCS'] !== undefined;

interface Example {
  /** From the command's line to the end of its output. */
  readonly text: string;
  readonly command: string;
  readonly output: string;
}

/** The commands (`$ ...`) of a document's console blocks, each with the output that is shown below it. */
const examples = (document: string): Example[] =>
  [...document.matchAll(/^```console\n([\s\S]*?)^```$/gm)].flatMap(([, block]) =>
    [...block!.matchAll(/^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm)].map(([text, command, output]) => ({
      text,
      command: command!,
      output: output!,
    })),
  );

/** What is another at each run: addresses, ports, times, generated names, and which node or DNS pod it was. */
const masked = (text: string): string =>
  text
    .replace(/\b\d+\.\d+\.\d+\.\d+(:\d{5})?/g, 'ADDRESS')
    .replace(/^ *\d+ ms/gm, 'TIME')
    .replace(/after \d+ m(illiseconds|s)\b/g, 'after a time')
    .replace(/(backend|coredns)-[a-z0-9]+-[a-z0-9]{5}\b/g, '$1-POD')
    .replace(/node-\d/g, 'node-N')
    .replace(/ (?:\d+m)?\d+[sm]$/gm, ' AGE')
    .replace(/^( *)[*-] ADDRESS:53 .*\n/gm, '');

/** The words of a command, with quotes as a shell has them. */
const words = (command: string): string[] =>
  [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);

test.each(['trace.md', 'explain.md'])('the commands of docs/%s print what stands there', async (name) => {
  const path = join(DOCS, name);
  let document = readFileSync(path, 'utf8');
  await using cluster = new KubariumProcess();
  await cluster.up('--seed', '1');
  await cluster.kubectl('1.35')('wait', '-n', 'kube-system', '--for=condition=Available', 'deployment/coredns');
  const shown: string[] = [];
  const printed: string[] = [];
  for (const { text, command, output } of examples(document)) {
    const [program, ...args] = words(command);
    const done = program === 'kubectl' ? await cluster.tryKubectl('1.35', args) : await cluster.kubarium(...args);
    const told = done.stdout + done.stderr;
    document = document.replace(text, () => `$ ${command}\n${told.trimEnd()}\n`);
    shown.push(`$ ${command}\n${masked(output).trimEnd()}`);
    printed.push(`$ ${command}\n${masked(told).trimEnd()}`);
  }
  if (isUpdate) writeFileSync(path, document);
  expect(isUpdate ? shown : printed).toEqual(shown);
  expect(shown.length).toBeGreaterThan(4);
});

test('kubectl creates the reviews and shows what they say, and traces are followed until Ctrl-C', async () => {
  await using cluster = new KubariumProcess();
  await cluster.up();
  await using follow = cluster.background('trace', '--follow', '-n', 'kube-system', '-o', 'json');
  await using watch = new BackgroundProgram(
    kubectlBinary('1.35'),
    ['get', 'traces', '-A', '-w'],
    cluster.kubectlEnvironment(),
  );
  const manifest = (kind: string, spec: object): string =>
    JSON.stringify({ apiVersion: 'sim.kubarium.dev/v1alpha1', kind, metadata: { namespace: 'default' }, spec });
  for (const version of ['1.32', '1.35'] as const) {
    const explanation = manifest('Explanation', { service: 'kubernetes', from: 'outside' });
    const told = await cluster.tryKubectl(
      version,
      ['create', '-f', '-', '-o', 'jsonpath={.status.cause}'],
      explanation,
    );
    expect(told).toMatchObject({ code: 0, stdout: 'ClusterIpFromOutside' });
    const refused = await cluster.tryKubectl(version, ['create', '-f', '-'], manifest('Trace', { pod: 'a' }));
    expect(refused.stderr).toContain('spec.url: Required value');
  }
  // The kubelets' probes of the DNS are connections as well.
  const [line] = await follow.until(/^\{.*\}$/m);
  expect(JSON.parse(line)).toMatchObject({
    kind: 'Trace',
    spec: { protocol: 'TCP' },
    status: { source: {}, hops: [{}] },
  });
  await watch.until(/^NAMESPACE +NAME +SOURCE +DESTINATION +SERVICE +TO +VERDICT +AGE\n.* (Delivered|Refused) /m);
  expect(await follow.end('SIGINT')).toBe(0);
});
