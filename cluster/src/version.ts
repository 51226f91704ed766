/** Kubarium's own version. */
export const VERSION = '0.1.0';

/** The Kubernetes version whose API is served. */
export const KUBERNETES_VERSION = 'v1.35.4';
