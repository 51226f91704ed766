import {
  NAMESPACES,
  NETWORK_POLICIES,
  PODS,
  type Alternative,
  type Component,
  type Flow,
  type InformerFactory,
  type PathStage,
  type SandboxOwner,
  type Verdict,
} from '@kubarium/shared';
import type { PolicyEnd } from './compiled-policy.ts';
import { PolicyIndex } from './policy-index.ts';
import {
  endText,
  isAllowed,
  policyVerdict,
  type DirectionVerdict,
  type NearestRule,
  type PolicyVerdict,
  type Traffic,
} from './policy-verdict.ts';

export interface NetworkPoliciesOptions {
  readonly informers: InformerFactory;
  /** Who has an address of the pod network. */
  readonly ownerOf: (address: string) => SandboxOwner | undefined;
}

/**
 * Enforces NetworkPolicies as a stage of the path, after the virtual IPs and host ports: it sees the pods at both ends. What is denied
 * is dropped, so that a client waits and times out, as most CNI plugins have it. What was let through once stays open and may be
 * answered. Simplified: plugins differ in whether a new policy cuts connections that stand; here they stay.
 */
export class NetworkPolicies implements Component, PathStage {
  readonly name = 'policy';
  readonly index = new PolicyIndex();
  readonly #informers: InformerFactory;
  readonly #ownerOf: NetworkPoliciesOptions['ownerOf'];

  constructor({ informers, ownerOf }: NetworkPoliciesOptions) {
    this.#informers = informers;
    this.#ownerOf = ownerOf;
    informers.informer(NETWORK_POLICIES).onChange(this.index.policyChanges);
    informers.informer(NAMESPACES).onChange(this.index.namespaceChanges);
    informers.informer(PODS).onChange(this.index.podChanges);
  }

  async start(): Promise<void> {
    await this.#informers.start();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  decide(flow: Flow): Verdict {
    if (this.index.isEmpty) return PASS;
    const traffic = this.#traffic(flow);
    if (flow.trace === undefined) return isAllowed(traffic, this.index.policiesOf) ? PASS : DROP;
    const verdict = this.verdict(traffic);
    if (verdict.directions.some(({ policies }) => policies.length > 0)) {
      flow.trace.hop(policyHop(traffic, verdict));
    }
    return verdict.allowed ? PASS : DROP;
  }

  /** What the policies as they stand say of some traffic. For explanations. */
  verdict(traffic: Traffic): PolicyVerdict {
    return policyVerdict(traffic, this.index.policiesOf);
  }

  /** The end that an address is, as far as it is known here. */
  endAt(address: string): PolicyEnd {
    const owner = this.#ownerOf(address);
    return owner === undefined ? { address } : this.#end(owner, address);
  }

  #traffic({ protocol, from, source, destination }: Flow): Traffic {
    return {
      protocol,
      source: this.#end(from, source.address),
      destination: this.endAt(destination.address),
      port: destination.port,
    };
  }

  #end({ node, pod }: SandboxOwner, address: string): PolicyEnd {
    if (pod === undefined) return { address, node };
    const known = this.index.sandbox(pod, node);
    // A masqueraded pod is still that pod, at its own address.
    return { address: known.address ?? address, pod: known };
  }
}

const PASS: Verdict = { action: 'pass' };
const DROP: Verdict = { action: 'drop' };

function policyHop(traffic: Traffic, { allowed, reason, directions }: PolicyVerdict) {
  const { source, destination, protocol, port } = traffic;
  const denied = directions.find((direction) => !direction.allowed);
  return {
    stage: 'policy',
    where: endText(denied?.direction === 'egress' ? source : destination),
    asked: `${protocol} from ${endText(source)} to ${endText(destination, port)}`,
    verdict: allowed ? 'allowed' : `${denied!.direction} denied`,
    reason,
    ok: allowed,
    alternatives: allowed ? directions.flatMap(allowedBy) : denied!.misses.map(missText),
    facts: { directions: directions.map(({ direction, policies, by }) => ({ direction, policies, by })) },
  };
}

const missText = ({ policy, rule, why }: NearestRule): Alternative => ({
  what: rule === undefined ? policy : `${policy} ${rule}`,
  why,
  taken: false,
});

/** The rule that let it through, and the other policies of the pod: rules add up, so that one is enough. */
function allowedBy({ direction, policies, by }: DirectionVerdict): Alternative[] {
  if (by === undefined) return [];
  const others = policies.filter((policy) => policy !== by.policy);
  return [
    { what: `${by.policy} ${by.rule}`, why: `it allows the ${direction}`, taken: true },
    ...others.map((policy) => ({ what: policy, why: 'not needed: one rule is enough', taken: false })),
  ];
}
