import { notAcceptable } from '@kubarium/shared';
import { noRepresentation } from './http-errors.ts';

/** A meta.k8s.io form that a client asks for in the parameters of its Accept header. */
export interface Transformation {
  readonly kind: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
  readonly version: 'v1' | 'v1beta1';
}

/** How a reply is to be written. */
export interface Representation {
  readonly format: 'json' | 'yaml';
  readonly pretty: boolean;
  readonly as: Transformation | undefined;
}

interface Clause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const OBJECT_TYPES = ['application/json', 'application/yaml', PROTOBUF];
const WATCH_TYPES = ['application/json;stream=watch', `${PROTOBUF};stream=watch`];
const COLLECTION_TYPES = [...OBJECT_TYPES, ...WATCH_TYPES];
const AVAILABLE_TYPES: Readonly<Record<Offer, readonly string[]>> = {
  object: OBJECT_TYPES,
  plain: OBJECT_TYPES,
  collection: COLLECTION_TYPES,
  watch: COLLECTION_TYPES,
  document: ['application/json'],
};
const TRANSFORMATIONS = new Set(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList']);

const PLAIN: Representation = { format: 'json', pretty: false, as: undefined };
const PRETTY: Representation = { format: 'json', pretty: true, as: undefined };

/**
 * What the path offers: one object, a plain one (a review, which is not printed as a table), a collection (which can also be watched), a
 * running watch, or a document in JSON alone.
 */
export type Offer = 'object' | 'plain' | 'collection' | 'watch' | 'document';

/**
 * Chooses the representation that a client likes best among what we write.
 * Simplified: replies are never protobuf; a client that takes nothing else gets 406 (the real server would write protobuf).
 */
export function negotiate(accept: string | undefined, pretty: boolean, offer: Offer): Representation {
  if (accept === undefined || accept === '' || accept === '*/*' || accept === 'application/json') {
    return pretty ? PRETTY : PLAIN;
  }
  const clauses = parseAccept(accept);
  const available = AVAILABLE_TYPES[offer];
  if (!clauses.some(({ type }) => type === '*/*' || available.includes(type))) throw noRepresentation(available);
  for (const { type, parameters } of clauses) {
    const yaml = type === 'application/yaml' && offer !== 'document' && offer !== 'watch';
    if (!yaml && type !== 'application/json' && type !== '*/*') continue;
    const as = transformation(parameters);
    if (as === null || (offer === 'plain' && as?.kind === 'Table')) continue;
    return {
      format: yaml ? 'yaml' : 'json',
      pretty: pretty || isTrue(parameters.get('pretty') ?? ''),
      as: offer === 'document' ? undefined : as,
    };
  }
  const accepted = offer === 'watch' ? WATCH_TYPES : offer === 'document' ? ['application/json'] : OBJECT_TYPES;
  throw notAcceptable(`only the following media types are accepted: ${accepted.join(', ')}`);
}

/** The transformation asked for, undefined for none, null for one that nobody knows. */
function transformation(parameters: ReadonlyMap<string, string>): Transformation | undefined | null {
  const kind = parameters.get('as');
  if (kind === undefined) return undefined;
  const version = parameters.get('v');
  if (!TRANSFORMATIONS.has(kind) || parameters.get('g') !== 'meta.k8s.io') return null;
  if (version !== 'v1' && version !== 'v1beta1') return null;
  return { kind: kind as Transformation['kind'], version };
}

const parsed = new Map<string, readonly Clause[]>();
const MAX_REMEMBERED = 256;

/** The clauses of an Accept header, best liked first. Clients send the same few headers again and again: they are remembered. */
export function parseAccept(accept: string): readonly Clause[] {
  const known = parsed.get(accept);
  if (known !== undefined) return known;
  const clauses = accept
    .split(',')
    .map((clause) => {
      const [type = '', ...rest] = clause.split(';').map((part) => part.trim());
      const parameters = new Map(
        rest.map((parameter) => {
          const equals = parameter.indexOf('=');
          return equals === -1
            ? ([parameter, ''] as const)
            : ([parameter.slice(0, equals), parameter.slice(equals + 1).replace(/^"|"$/g, '')] as const);
        }),
      );
      const quality = Number(parameters.get('q') ?? 1);
      return { type: type === '*' ? '*/*' : type, parameters, quality: Number.isNaN(quality) ? 1 : quality };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  if (parsed.size >= MAX_REMEMBERED) parsed.clear();
  parsed.set(accept, clauses);
  return clauses;
}

/** True where the reply is for a person to read: `?pretty=true`, or by default for curl, wget and browsers. */
export function wantsPretty(query: URLSearchParams, userAgent: string | undefined): boolean {
  const pretty = query.get('pretty');
  if (pretty !== null && pretty !== '') return isTrue(pretty);
  return userAgent !== undefined && /^(curl\b|Wget\b|Mozilla\/5\.0)/.test(userAgent);
}

const isTrue = (text: string): boolean => ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text);
