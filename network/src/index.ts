export { PodNetwork, type PodNetworkOptions } from './pod-network.ts';
export { NetworkPolicies, type NetworkPoliciesOptions } from './policy/policy-stage.ts';
export {
  policyVerdict,
  type DirectionVerdict,
  type NearestRule,
  type PolicyVerdict,
  type Traffic,
} from './policy/policy-verdict.ts';
export { compiledPolicy, type CompiledPolicy, type PolicyEnd, type PolicyPod } from './policy/compiled-policy.ts';
