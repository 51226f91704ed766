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

/** The attributes of HTML that hold links. */
const LINK_ATTRIBUTES =
  'action|background|cite|classid|codebase|data|formaction|href|icon|longdesc|manifest|poster|profile|src|usemap';
const LINK = new RegExp(String.raw`(<[a-z][^<>]*?\s(?:${LINK_ATTRIBUTES})\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)`, 'gi');

/**
 * Rewrites the links of an HTML page.
 * Simplified: by pattern, one link a tag at a time, where the real server runs an HTML tokenizer.
 */
export function rewriteHtml(html: string, site: ProxySite, targetHost: string): string {
  return html.replace(LINK, (_all, before: string, value: string) => {
    const quote = value[0] === '"' || value[0] === "'" ? value[0] : '';
    const link = quote === '' ? value : value.slice(1, -1);
    return `${before}${quote}${rewriteLink(link, site, targetHost)}${quote}`;
  });
}
