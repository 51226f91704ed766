import type { Service } from '@kubarium/shared';
import { expect, it } from 'vitest';
import { serviceWarnings } from './warnings.ts';

const IP = 'spec.externalIPs[0]: non-standard IP address "01.2.3.4"';

// In the order of kube-apiserver v1.35.4.
it.each([
  [
    'a headless Service',
    { type: 'ClusterIP', clusterIP: 'None', clusterIPs: ['None'], sessionAffinity: 'ClientIP' },
    ['spec.externalIPs is ignored for headless services', 'spec.SessionAffinity is ignored for headless services', IP],
  ],
  [
    'an alias',
    { type: 'ExternalName', externalName: 'a.example.com' },
    [IP, 'spec.externalIPs is ignored when spec.type is "ExternalName"'],
  ],
])('warns of external IPs of %s', (_, spec, warnings) => {
  const service = { metadata: { name: 's' }, spec: { externalIPs: ['01.2.3.4'], ...spec } } as Service;
  expect(serviceWarnings(service)).toEqual(warnings.map((warning) => expect.stringContaining(warning)));
});
