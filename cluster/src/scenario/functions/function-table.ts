import { ARITHMETIC_FUNCTIONS } from './arithmetic-functions.ts';
import { CLUSTER_FUNCTIONS } from './cluster-functions.ts';
import { DATA_FUNCTIONS } from './data-functions.ts';
import { PATTERN_FUNCTIONS } from './pattern-functions.ts';
import type { FunctionTable } from './scenario-function.ts';
import { TEXT_FUNCTIONS } from './text-functions.ts';
import { TIME_FUNCTIONS } from './time-functions.ts';

/** All functions that expressions have beside JMESPath's own: those of kyverno-json and Chainsaw, with the same values. */
export const FUNCTIONS: FunctionTable = {
  ...ARITHMETIC_FUNCTIONS,
  ...CLUSTER_FUNCTIONS,
  ...DATA_FUNCTIONS,
  ...PATTERN_FUNCTIONS,
  ...TEXT_FUNCTIONS,
  ...TIME_FUNCTIONS,
};

/** Functions of Chainsaw that are not there, and what to do instead. */
export const MISSING_FUNCTIONS: Readonly<Record<string, string>> = {
  x509_decode: 'certificates are not read here: compare the PEM text, which base64_decode() gives of a Secret',
};
