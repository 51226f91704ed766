import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { pathToFileURL } from 'node:url';
import { goTypes } from '../registry/schema/facts.ts';
import type { Descriptions } from './openapi-schemas.ts';

/**
 * The descriptions that `kubectl explain` shows, read from the doc comments of the npm packages kubernetes-models and
 * @kubernetes-models/apimachinery, a file for each definition, when it is asked for. Where the packages are not installed, or do
 * not know a definition, there are none.
 */
export function describeSchema(schema: string): Descriptions | undefined {
  const file = declarationFile(schema);
  if (file === undefined) return undefined;
  try {
    const declarations = readFileSync(file, 'utf8');
    const described = descriptionsIn(declarations);
    if (!/^export interface \w+ extends TypeMeta\b/m.test(declarations)) return described;
    return { ...described, fields: { ...ofAnyKind(), ...described.fields } };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Of `apiVersion` and `kind`, which the package describes where they are not the kind's own names only. */
function ofAnyKind(): Descriptions['fields'] {
  const { apiVersion = '', kind = '' } =
    describeSchema('io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions')?.fields ?? {};
  return { apiVersion, kind };
}

/** The descriptions in a declaration file: those of its first interface and of its members. */
export function descriptionsIn(declarations: string): Descriptions {
  const start = /(?:\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*)?export (?:interface|type|declare class) \w+/.exec(declarations);
  if (start === null) return { fields: {} };
  const body = declarations.slice(start.index + start[0].length).split(/^\}/m, 1)[0]!;
  const members = body.matchAll(/\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*"?([\w$.-]+)"?\??:/g);
  return {
    description: start[1] === undefined ? undefined : prose(start[1]),
    fields: Object.fromEntries([...members].map(([, comment, name]) => [name, prose(comment!)])),
  };
}

/** The text of a doc comment, without its stars and tags. */
const prose = (comment: string): string =>
  comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, '').trimEnd())
    .filter((line) => !line.startsWith('@'))
    .join('\n')
    // The package escapes stars in its comments.
    .replaceAll(String.raw`\*`, '*')
    .trim();

function declarationFile(schema: string): URL | undefined {
  const machinery = /^io\.k8s\.apimachinery\.pkg\.(.+)\.(\w+)$/.exec(schema);
  if (machinery !== null) {
    return inPackage('@kubernetes-models/apimachinery', `${machinery[1]!.replaceAll('.', '/')}/${machinery[2]}.d.ts`);
  }
  const api = /\.(\w+)\.(v\w+)\.(\w+)$/.exec(schema);
  if (api === null) return undefined;
  const [, label, version, name] = api;
  const folder =
    label === 'core' ? version : Object.keys(goTypes.kinds).find((one) => isGroupVersion(one, label!, version!));
  return folder === undefined ? undefined : inPackage('kubernetes-models', `${folder}/${name}.d.ts`);
}

/** True for `discovery.k8s.io/v1` and `discovery`, `v1`. */
const isGroupVersion = (groupVersion: string, label: string, version: string): boolean =>
  groupVersion.split('/')[0]!.split('.')[0] === label && groupVersion.endsWith(`/${version}`);

function inPackage(name: string, file: string): URL | undefined {
  try {
    const manifest = findPackageJSON(name, import.meta.url);
    return manifest === undefined ? undefined : new URL(file, pathToFileURL(manifest));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes((error as NodeJS.ErrnoException).code ?? '');
