import { expect, test } from 'vitest';
import { rewriteHtml, rewriteLink } from './proxy-rewrite.ts';

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

// What kube-apiserver v1.35 makes of the same page.
test.each([
  [`<link rel="stylesheet" href="/css/a.css">`, `<link rel="stylesheet" href="PREFIX/css/a.css">`],
  [`<script src='/js/a.js'></script>`, `<script src="PREFIX/js/a.js"></script>`],
  [
    `<a href="/abs">abs</a> <a href="rel">rel</a> <a href="//example.com/y">pr</a>`,
    `<a href="PREFIX/abs">abs</a> <a href="rel">rel</a> <a href="//example.com/y">pr</a>`,
  ],
  [`<a href="http://10.1.1.1/own">own</a>`, `<a href="PREFIX/own">own</a>`],
  [
    `<img src=/img.png> <form action="/post?x=1&amp;y=2"></form>`,
    `<img src="PREFIX/img.png"> <form action="PREFIX/post?x=1&amp;y=2"></form>`,
  ],
  [
    `<a href="#frag">f</a> <a href="mailto:a@b.c">m</a> <a href="?q=1">q</a> <a href="/p?q=1#f">pq</a>`,
    `<a href="#frag">f</a> <a href="mailto:a@b.c">m</a> <a href="?q=1">q</a> <a href="PREFIX/p?q=1#f">pq</a>`,
  ],
  [
    `<A HREF="/UPPER">U</A> <a data-x="/no" href="/yes">d</a> <a href="">e</a> <img srcset="/a.png 1x">`,
    `<a href="PREFIX/UPPER">U</A> <a data-x="/no" href="PREFIX/yes">d</a> <a href="">e</a> <img srcset="/a.png 1x">`,
  ],
  [
    `<!-- <a href="/comment">c</a> --> <script>var a = '<a href="/script">';</script>`,
    `<!-- <a href="/comment">c</a> --> <script>var a = '<a href="/script">';</script>`,
  ],
  [
    `<video poster="/p.png" src="/v.mp4"></video><object data="/d" classid="/k" codebase="/cb" usemap="/u"></object>`,
    `<video poster="PREFIX/p.png" src="PREFIX/v.mp4"></video><object data="PREFIX/d" classid="PREFIX/k" codebase="PREFIX/cb" usemap="PREFIX/u"></object>`,
  ],
  [`<p class='x' title="/t">1 < 2 <b`, `<p class='x' title="/t">1 < 2 <b`],
])('%s', (html, expected) => {
  expect(rewriteHtml(html, site, '10.1.1.1')).toBe(expected.replaceAll('PREFIX', site.pathPrefix));
});
