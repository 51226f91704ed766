import { readFileSync } from 'node:fs';
import type { SubresourceDefinition, TableColumn, Verb } from './resource-definition.ts';

/** What the real server's discovery says about one resource (facts/discovery.json). */
export interface DiscoveryFact {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly singular: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly verbs: readonly Verb[];
  readonly subresources?: Readonly<Record<string, SubresourceDefinition>>;
}

type Columns = Readonly<Record<string, readonly [name: string, type: string, format: string, priority: number][]>>;

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../facts/${name}.json`, import.meta.url), 'utf8'));

const discovery = read('discovery') as readonly DiscoveryFact[];
const columns = read('table-columns') as Columns;
const fieldSelectors = read('field-selectors') as Readonly<Record<string, readonly string[]>>;

/** All resources of the real server, in its discovery order. */
export const discoveryFacts = (): readonly DiscoveryFact[] => discovery;

/** The columns that `kubectl get` shows for a resource. */
export const columnFacts = (of: DiscoveryFact): readonly TableColumn[] =>
  (columns[path(of)] ?? []).map(([name, type, format, priority]) => ({ name, type, format, priority }));

/** The field selectors that a resource accepts. */
export const fieldSelectorFacts = (of: DiscoveryFact): readonly string[] =>
  fieldSelectors[path(of)] ?? ['metadata.name', ...(of.namespaced ? ['metadata.namespace'] : [])];

const path = ({ group, version, resource }: DiscoveryFact): string =>
  `/${group === '' ? 'api' : `apis/${group}`}/${version}/${resource}`;
