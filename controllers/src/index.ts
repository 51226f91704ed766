export { composeController } from './compose-controller.ts';
export type { ControllerContext, ControllerFactory } from './controller-context.ts';
export { ControllerManager } from './controller-manager.ts';
