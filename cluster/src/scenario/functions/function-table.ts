import { ARITHMETIC_FUNCTIONS } from './arithmetic-functions.ts';
import { DATA_FUNCTIONS } from './data-functions.ts';
import { PATTERN_FUNCTIONS } from './pattern-functions.ts';
import type { FunctionTable } from './scenario-function.ts';
import { TEXT_FUNCTIONS } from './text-functions.ts';
import { TIME_FUNCTIONS } from './time-functions.ts';

/** All functions that expressions have beside JMESPath's own: those of kyverno-json and Chainsaw, with the same values. */
export const FUNCTIONS: FunctionTable = {
  ...ARITHMETIC_FUNCTIONS,
  ...DATA_FUNCTIONS,
  ...PATTERN_FUNCTIONS,
  ...TEXT_FUNCTIONS,
  ...TIME_FUNCTIONS,
};

const ASKS_THE_CLUSTER =
  'an expression cannot ask the cluster here: bind what an operation answers (`outputs` of apply, patch or script), or assert of the object';

/** Functions of Chainsaw that are not there, and what to do instead. */
export const MISSING_FUNCTIONS: Readonly<Record<string, string>> = {
  x_k8s_get: ASKS_THE_CLUSTER,
  x_k8s_list: ASKS_THE_CLUSTER,
  x_k8s_exists: ASKS_THE_CLUSTER,
  x_k8s_resource_exists: ASKS_THE_CLUSTER,
  x_k8s_server_version: ASKS_THE_CLUSTER,
  x509_decode: 'certificates are not read here: compare the PEM text, which base64_decode() gives of a Secret',
};
