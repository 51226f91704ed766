import type { Component } from '@kubarium/shared';
import type { ControllerContext, ControllerFactory } from './controller-context.ts';
import { deploymentController } from './deployment/controller.ts';
import { endpointSliceMirroringController } from './endpoint-slice-mirroring/controller.ts';
import { endpointSliceController } from './endpoint-slice/controller.ts';
import { endpointsController } from './endpoints/controller.ts';
import { garbageCollector } from './garbage-collector/controller.ts';
import { ipAddressController } from './ip-address/controller.ts';
import { loadBalancerController } from './load-balancer/controller.ts';
import { namespaceController } from './namespace/controller.ts';
import { nodeIpamController } from './node-ipam/controller.ts';
import { nodeLifecycleController } from './node-lifecycle/controller.ts';
import { podGarbageCollector } from './pod-garbage-collector/controller.ts';
import { replicaSetController, replicationController } from './replica-set/controller.ts';
import { rootCaController } from './root-ca/controller.ts';
import { serviceAccountController } from './service-account/controller.ts';
import { serviceCidrController } from './service-cidr/controller.ts';
import { taintEvictionController } from './taint-eviction/controller.ts';

/** Every controller; a new one is one folder and one line here. */
const CONTROLLERS: readonly ControllerFactory[] = [
  replicaSetController,
  replicationController,
  deploymentController,
  endpointSliceController,
  endpointsController,
  endpointSliceMirroringController,
  loadBalancerController,
  namespaceController,
  garbageCollector,
  serviceAccountController,
  rootCaController,
  nodeIpamController,
  nodeLifecycleController,
  taintEvictionController,
  podGarbageCollector,
  ipAddressController,
  serviceCidrController,
];

/** All controllers in one component, over one set of informers. */
export class ControllerManager implements Component {
  readonly name = 'controller-manager';
  readonly #controllers: readonly Component[];

  constructor(context: ControllerContext) {
    this.#controllers = CONTROLLERS.map((make) => make(context));
  }

  async start(): Promise<void> {
    await Promise.all(this.#controllers.map((controller) => controller.start()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#controllers.map((controller) => controller[Symbol.asyncDispose]()));
  }
}
