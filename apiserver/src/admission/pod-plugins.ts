import type { AdmissionPlugin } from './admission.ts';
import { defaultTolerations } from './default-tolerations.ts';
import { priority } from './priority.ts';
import { serviceAccount } from './service-account.ts';

/** The plugins that complete pods, in the real server's order. */
export const podPlugins: readonly AdmissionPlugin[] = [serviceAccount, priority, defaultTolerations];
