/** Where the proxied site is to be found from outside. */
export interface ProxySite {
  /** The host that the client asked. */
  readonly host: string;
  /** The path of the proxy subresource, without a slash at the end. */
  readonly pathPrefix: string;
}

/**
 * A link of a proxied site such that it leads through the proxy. Links to other hosts and relative ones stay as they are; one that names
 * the client's own host goes on naming it, any other has no host afterwards (k8s.io/apimachinery/pkg/util/proxy).
 */
export function rewriteLink(link: string, site: ProxySite, targetHost: string): string {
  let url: URL;
  try {
    url = new URL(link, `http://${targetHost}/`);
  } catch {
    return link;
  }
  const hasHost = /^([a-z][a-z0-9+.-]*:)?\/\//i.test(link);
  if (/^[a-z][a-z0-9+.-]*:/i.test(link) && !hasHost) return link;
  const namesClientsHost = hasHost && url.host === site.host;
  if (hasHost && url.host !== targetHost && !namesClientsHost) return link;
  if (!hasHost && !link.startsWith('/')) return link;
  const origin = namesClientsHost ? `${url.protocol}//${url.host}` : '';
  const prefix = url.pathname.startsWith(`${site.pathPrefix}/`) ? '' : site.pathPrefix;
  return `${origin}${prefix}${url.pathname}${url.search}${url.hash}`;
}

/** The attributes of HTML elements that hold links. */
const LINKS: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  applet: ['codebase'],
  area: ['href'],
  audio: ['src'],
  base: ['href'],
  blockquote: ['cite'],
  body: ['background'],
  button: ['formaction'],
  command: ['icon'],
  del: ['cite'],
  embed: ['src'],
  form: ['action'],
  frame: ['longdesc', 'src'],
  head: ['profile'],
  html: ['manifest'],
  iframe: ['longdesc', 'src'],
  img: ['longdesc', 'src', 'usemap'],
  input: ['formaction', 'src', 'usemap'],
  ins: ['cite'],
  link: ['href'],
  object: ['classid', 'codebase', 'data', 'usemap'],
  q: ['cite'],
  script: ['src'],
  source: ['src'],
  video: ['poster', 'src'],
};

/** A comment; the beginning of an element whose content is text alone, with that content; the beginning of any other element. */
const TOKEN = new RegExp(
  [
    '<!--[^]*?(?:-->|$)',
    String.raw`(?<text><(?<textName>iframe|noembed|noframes|script|style|textarea|title|xmp)(?=[\s/>])(?<textRest>TAG_REST)>)(?<content>[^]*?(?=</\k<textName>[\s/>]|$))`,
    String.raw`<(?<name>[a-z][^\s/>]*)(?<rest>TAG_REST)>`,
  ]
    .join('|')
    .replaceAll('TAG_REST', String.raw`(?:[^<>"']|"[^"]*"|'[^']*')*`),
  'gi',
);
const ATTRIBUTE = /([^\s=/>"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?|(\/)\s*$/g;

/** Rewrites the links of an HTML page. Elements that can have links come out in one spelling: names in small letters, values quoted. */
export function rewriteHtml(html: string, site: ProxySite, targetHost: string): string {
  const rewrite = (link: string): string => rewriteLink(link, site, targetHost);
  return html.replaceAll(TOKEN, (all: string, ...found: unknown[]) => {
    const {
      name,
      rest = '',
      textName,
      textRest = '',
      content = '',
    } = found.at(-1) as Record<string, string | undefined>;
    if (textName !== undefined) return rewriteTag(`<${textName}${textRest}>`, textName, textRest, rewrite) + content;
    return name === undefined ? all : rewriteTag(all, name, rest, rewrite);
  });
}

function rewriteTag(tag: string, name: string, rest: string, rewrite: (link: string) => string): string {
  const element = name.toLowerCase();
  const links = LINKS[element];
  if (links === undefined) return tag;
  const attributes = [...rest.matchAll(ATTRIBUTE)].map(([, written = '', double, single, bare, slash]) => {
    if (slash !== undefined) return '/';
    const attribute = written.toLowerCase();
    const value = double ?? single ?? bare ?? '';
    return ` ${attribute}="${quoted(links.includes(attribute) ? rewrite(value) : value)}"`;
  });
  return `<${element}${attributes.join('')}>`;
}

const QUOTED: Readonly<Record<string, string>> = { '"': '&#34;', "'": '&#39;', '<': '&lt;', '>': '&gt;' };

const quoted = (value: string): string => value.replaceAll(/["'<>]/g, (character) => QUOTED[character]!);
