import type { Node, Taint } from '@kubarium/shared';
import { labelKeyErrors, labelValueErrors, parseQuantity } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { duplicate, forbidden, invalid, invalidEach, notSupported, required } from '../validation/field-error.ts';
import { cidrErrors } from '../validation/ip.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** All that is wrong with a Node. */
export const validateNode = ({ spec, status }: Node, old: Node | undefined): FieldError[] => [
  // The real server names the taints under metadata.
  ...taintsErrors(spec.taints ?? [], 'metadata.taints'),
  ...amountsErrors(status),
  ...rangesErrors(spec.podCIDRs ?? [], old?.spec.podCIDRs),
];

function rangesErrors(ranges: readonly string[], old: readonly string[] | undefined): FieldError[] {
  const field = 'spec.podCIDRs';
  const errors = ranges.flatMap((range, index) => cidrErrors(range, `${field}[${index}]`, old));
  if (ranges.length < 2) return errors;
  const bad = ranges.findIndex((range) => cidrErrors(range, field).length > 0);
  if (bad !== -1) {
    const why = `invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[${bad}]: <nil> (invalid CIDR address: ${ranges[bad]})`;
    errors.push({ reason: 'InternalError', field, message: `Internal error: ${why}` });
  }
  const families = new Set(ranges.map((range) => range.includes(':')));
  if (bad !== -1 || ranges.length > 2 || families.size < 2) {
    errors.push(invalid(field, ranges, 'may specify no more than one CIDR for each IP family'));
  }
  return errors;
}

/** What is counted in whole pieces: pods, and what is not of Kubernetes' own. */
const isWhole = (name: string): boolean => name === 'pods' || (name.includes('/') && !name.includes('kubernetes.io/'));

const amountsErrors = (status: Node['status']): FieldError[] =>
  (['capacity', 'allocatable'] as const).flatMap((key) =>
    Object.entries(status[key] ?? {}).flatMap(([name, text]) => {
      const field = `status.${key}.${name}`;
      const amount = parseQuantity(`${text}`);
      const shown = amount.toString();
      return [
        ...(amount.sign < 0 ? [invalid(field, shown, 'must be greater than or equal to 0')] : []),
        ...(isWhole(name) && amount.milliValue() % 1000 !== 0 ? [invalid(field, shown, 'must be an integer')] : []),
      ];
    }),
  );

/** All that is wrong with the change of a Node: what the cloud or the cluster gave it once stays. */
export function validateNodeChange({ spec, status }: Node, { spec: old }: Node): FieldError[] {
  // Judged a second time, as in the real server.
  const errors = [...taintsErrors(spec.taints ?? [], 'metadata.taints'), ...amountsErrors(status)];
  const seen = new Set<string>();
  for (const [index, address] of (status.addresses ?? []).entries()) {
    const key = `${address.type}/${address.address}`;
    if (seen.has(key)) {
      errors.push(duplicate(`status.addresses[${index}]`, { Type: address.type, Address: address.address }));
    }
    seen.add(key);
  }
  const before = old?.podCIDRs ?? [];
  if (before.length > 0 && before.join() !== (spec.podCIDRs ?? []).join()) {
    errors.push(forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'));
  }
  if (old?.providerID && old.providerID !== spec.providerID) {
    errors.push(forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'));
  }
  if ((old?.externalID ?? '') !== (spec.externalID ?? ''))
    errors.push(forbidden('spec.externalID', 'may not be updated'));
  return errors;
}

function taintsErrors(taints: readonly Taint[], field: string): FieldError[] {
  const seen = new Set<string>();
  return taints.flatMap((taint, index) => {
    const { key, value = '', effect } = taint;
    const at = `${field}[${index}]`;
    const errors = invalidEach(`${at}.key`, key, labelKeyErrors(key));
    const wrong = labelValueErrors(value);
    if (wrong.length > 0) errors.push(invalid(`${at}.value`, value, wrong.join(';')));
    if (!effect) errors.push(required(`${at}.effect`));
    else if (!EFFECTS.includes(effect)) errors.push(notSupported(`${at}.effect`, effect, EFFECTS));
    const id = `${effect}/${key}`;
    if (seen.has(id)) {
      const shown = { Key: key, Value: value, Effect: effect, TimeAdded: taint.timeAdded ?? null };
      const error = duplicate(at, shown);
      errors.push({ ...error, message: `${error.message}: taints must be unique by key and effect pair` });
    }
    seen.add(id);
    return errors;
  });
}
