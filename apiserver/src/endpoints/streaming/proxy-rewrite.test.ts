import { expect, test } from 'vitest';
import { rewriteLink } from './proxy-rewrite.ts';

const site = { host: 'api:6443', pathPrefix: '/api/v1/namespaces/n/pods/p/proxy' };

test.each([
  ['leads a path through the proxy', '/a?b=c#d', `${site.pathPrefix}/a?b=c#d`],
  ["takes the pod's own host off", 'http://10.1.1.1:80/a', `${site.pathPrefix}/a`],
  ['keeps the host that the client asked', 'https://api:6443/a', `https://api:6443${site.pathPrefix}/a`],
  ['adds no prefix twice', `${site.pathPrefix}/a`, `${site.pathPrefix}/a`],
  ['leaves other hosts alone', 'http://elsewhere/a', 'http://elsewhere/a'],
  ['leaves relative links alone', 'a/b', 'a/b'],
  ['leaves other schemes alone', 'mailto:a@b', 'mailto:a@b'],
])('%s', (_title, link, expected) => {
  expect(rewriteLink(link, site, '10.1.1.1')).toBe(expected);
});
