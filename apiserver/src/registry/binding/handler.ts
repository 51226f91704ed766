import type { ApiObject, Binding, Pod } from '@kubarium/shared';
import { badRequest, conflict, PODS, StatusError } from '@kubarium/shared';
import { setPodCondition } from '../pod/condition.ts';
import type { SubresourceCall, SubresourceHandler } from '../registry.ts';
import { createdStatus } from '../store/success-status.ts';
import { notSupported, quoted, required } from '../validation/field-error.ts';
import { pathSegmentErrors } from '../validation/names.ts';

const POD_BINDING = { group: '', resource: 'pods/binding' };

/** `pods/binding`: gives a pod its node, once. */
export const podBindingHandler: SubresourceHandler = {
  async create(call, body) {
    const binding = body as Binding;
    if (call.target.name !== binding.metadata.name) {
      throw badRequest('name in URL does not match name in Binding object');
    }
    checkTarget(binding);
    await call.revise((draft, current) => assign(draft as Pod, current, binding, call));
    return createdStatus();
  },
};

/** `bindings`: the same, the pod's name taken from the body. */
export const bindingHandler: SubresourceHandler = {
  async create({ context, registry, target }, body) {
    checkTarget(body as Binding);
    const { name } = body.metadata;
    if (!name) throw badRequest('Name parameter required.');
    const flaws = pathSegmentErrors(name);
    if (flaws.length > 0) throw badRequest(`Name parameter invalid: ${quoted(name)}: ${flaws.join(';')}`);
    const pods = registry.resource(PODS.group, PODS.version, PODS.resource)!;
    await pods.create(context, { namespace: target.namespace, name }, body, 'binding');
    return createdStatus();
  },
};

/** The real server answers these as internal errors, not as an invalid object. */
function checkTarget({ target }: Binding): void {
  const kind = target.kind ?? '';
  const errors = [
    ...(kind === '' || kind === 'Node' ? [] : [notSupported('target.kind', kind, ['Node', '<empty>'])]),
    ...(target.name ? [] : [required('target.name')]),
  ].map(({ field, message }) => `${field}: ${message}`);
  if (errors.length === 0) return;
  const message = errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]`;
  throw new StatusError({ code: 500, message });
}

function assign(pod: Pod, current: ApiObject, binding: Binding, { context, target }: SubresourceCall): void {
  const { uid, resourceVersion, annotations, labels } = binding.metadata;
  const refuse = (why: string): never => {
    throw conflict(POD_BINDING, target.name, why);
  };
  if (uid && uid !== current.metadata.uid) {
    refuse(`Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`);
  }
  if (resourceVersion && resourceVersion !== current.metadata.resourceVersion) {
    refuse(
      `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${current.metadata.resourceVersion}`,
    );
  }
  if (pod.metadata.deletionTimestamp) refuse(`pod ${target.name} is being deleted, cannot be assigned to a host`);
  if (pod.spec.nodeName) refuse(`pod ${target.name} is already assigned to node "${pod.spec.nodeName}"`);
  if ((pod.spec.schedulingGates ?? []).length > 0) refuse(`pod ${target.name} has non-empty .spec.schedulingGates`);
  pod.spec.nodeName = binding.target.name;
  delete pod.status.nominatedNodeName;
  if (annotations) pod.metadata.annotations = { ...pod.metadata.annotations, ...annotations };
  if (labels) pod.metadata.labels = { ...pod.metadata.labels, ...labels };
  setPodCondition(pod, { type: 'PodScheduled', status: 'True' }, context.runtime.clock.now());
}
