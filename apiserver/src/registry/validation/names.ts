import { labelKeyErrors } from '@kubarium/shared';
import { rangeMessage, regexMessage } from './regex-message.ts';

/**
 * Whether a text may be a name of some kind. Each function returns what is wrong in the real server's words, nothing for a valid
 * text (docs: "Object Names and IDs"; RFC 1035, RFC 1123).
 */

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const WILDCARD = `\\*\\.${SUBDOMAIN}`;
const SEARCH_LABEL = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SEARCH_PATH = `${SEARCH_LABEL}(\\.${SEARCH_LABEL})*`;
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const CONFIG_KEY = '[-._a-zA-Z0-9]+';
const HEADER = '[-A-Za-z0-9]+';
const PERCENT = '[0-9]+%';

const whole = (regex: string): RegExp => new RegExp(`^(?:${regex})$`);

const isLabel = whole(LABEL);
const isSubdomain = whole(SUBDOMAIN);
const isWildcard = whole(WILDCARD);
const isLabel1035 = whole(LABEL_1035);
const isSearchPath = whole(SEARCH_PATH);
const isConfigKey = whole(CONFIG_KEY);
const isHeader = whole(HEADER);
const isPercent = whole(PERCENT);

const tooLong = (text: string, most: number): string[] =>
  Buffer.byteLength(text) > most ? [`must be no more than ${most} characters`] : [];

/** `my-name`: at most 63 lower case letters, digits and dashes. */
export function dnsLabelErrors(text: string): string[] {
  const errors = tooLong(text, 63);
  if (isLabel.test(text)) return errors;
  if (isSubdomain.test(text)) return [...errors, 'must not contain dots'];
  const rule =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
  return [...errors, regexMessage(rule, LABEL, 'my-name', '123-abc')];
}

/** `example.com`: at most 253 characters of labels joined by dots. */
export function dnsSubdomainErrors(text: string): string[] {
  const errors = tooLong(text, 253);
  if (isSubdomain.test(text)) return errors;
  const rule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
  return [...errors, regexMessage(rule, SUBDOMAIN, 'example.com')];
}

/** A subdomain that may also have underscores, as search paths of resolvers do. */
export function searchPathErrors(text: string): string[] {
  const errors = tooLong(text, 253);
  if (isSearchPath.test(text)) return errors;
  const rule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character";
  return [...errors, regexMessage(rule, SEARCH_PATH, 'example.com')];
}

/** `*.example.com`: a subdomain of which the first label is any. */
export function wildcardSubdomainErrors(text: string): string[] {
  const errors = tooLong(text, 253);
  if (isWildcard.test(text)) return errors;
  const rule =
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character";
  return [...errors, regexMessage(rule, WILDCARD, '*.example.com')];
}

/** A label that starts with a letter. */
export function dns1035LabelErrors(text: string): string[] {
  const errors = tooLong(text, 63);
  if (isLabel1035.test(text)) return errors;
  const rule =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
  return [...errors, regexMessage(rule, LABEL_1035, 'my-name', 'abc-123')];
}

/** `[example.com/]Name`, as label keys are. */
export const qualifiedNameErrors: (text: string) => string[] = labelKeyErrors;

/** The name of a port (RFC 6335): at most 15 characters. */
export function portNameErrors(text: string): string[] {
  const errors = tooLong(text, 15);
  if (!/^[-a-z0-9]+$/.test(text)) {
    errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  }
  if (!/[a-z]/.test(text)) errors.push('must contain at least one letter (a-z)');
  if (text.includes('--')) errors.push('must not contain consecutive hyphens');
  if (text.startsWith('-') || text.endsWith('-')) errors.push('must not begin or end with a hyphen');
  return errors;
}

export const portNumberErrors = (port: number): string[] =>
  port >= 1 && port <= 65_535 ? [] : [rangeMessage(1, 65_535)];

/** Any printable ASCII but `=`. */
export function envNameErrors(text: string): string[] {
  if (text === '') return ['environment variable name must be non-empty'];
  if (/^[\x20-\x3c\x3e-\x7e]+$/.test(text)) return [];
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** A key of a ConfigMap or Secret: it becomes the name of a file. */
export function configKeyErrors(text: string): string[] {
  const errors = tooLong(text, 253);
  if (!isConfigKey.test(text)) {
    const rule = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
    errors.push(regexMessage(rule, CONFIG_KEY, 'key.name', 'KEY_NAME', 'key-name'));
  }
  return [...errors, ...parentFolderErrors(text)];
}

export function httpHeaderNameErrors(text: string): string[] {
  if (isHeader.test(text)) return [];
  return [regexMessage("a valid HTTP header must consist of alphanumeric characters or '-'", HEADER, 'X-Header-Name')];
}

export function percentErrors(text: string): string[] {
  if (isPercent.test(text)) return [];
  const rule = "a valid percent string must be a numeric string followed by an ending '%'";
  return [regexMessage(rule, PERCENT, '1%', '93%')];
}

/** A name that can be one segment of a URL's path: of roles and other kinds whose names are otherwise free. */
export function pathSegmentErrors(text: string): string[] {
  if (text === '.' || text === '..') return [`may not be '${text}'`];
  return ['/', '%']
    .filter((character) => text.includes(character))
    .map((character) => `may not contain '${character}'`);
}

function parentFolderErrors(text: string): string[] {
  if (text === '.') return ["must not be '.'"];
  if (text === '..') return ["must not be '..'"];
  return text.startsWith('..') ? ["must not start with '..'"] : [];
}
