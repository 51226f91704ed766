import type { AdmissionPlugin } from './admission.ts';
import { defaultTolerations } from './default-tolerations.ts';
import { priority } from './priority.ts';
import { serviceAccount } from './service-account.ts';
import { taintNewNodes } from './taint-new-nodes.ts';

/** The plugins that every cluster has on, in the real server's order; NamespaceLifecycle, the registry store's own, comes before. */
export const defaultPlugins: readonly AdmissionPlugin[] = [serviceAccount, taintNewNodes, priority, defaultTolerations];
