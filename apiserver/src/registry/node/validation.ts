import type { Node, Taint } from '@kubarium/shared';
import { labelKeyErrors, labelValueErrors } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { duplicate, forbidden, invalid, invalidEach, notSupported, required } from '../validation/field-error.ts';
import { cidrErrors } from '../validation/ip.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** All that is wrong with a Node. */
export const validateNode = ({ spec }: Node, old: Node | undefined): FieldError[] => [
  // The real server names the taints under metadata.
  ...taintsErrors(spec.taints ?? [], 'metadata.taints'),
  ...(spec.podCIDRs ?? []).flatMap((cidr, index) => cidrErrors(cidr, `spec.podCIDRs[${index}]`, old?.spec.podCIDRs)),
];

/** All that is wrong with the change of a Node: what the cloud or the cluster gave it once stays. */
export function validateNodeChange({ spec, status }: Node, { spec: old }: Node): FieldError[] {
  // Judged a second time, as in the real server.
  const errors = taintsErrors(spec.taints ?? [], 'metadata.taints');
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
