import { isIP } from 'node:net';
import type { Asked } from './facts.ts';

/** What a name, as a client would write it, stands for. A name without a namespace is of the one given. */
export function askedOf(text: string, port: string | undefined, namespace: string, domain: string): Asked {
  const [number, protocol] = (port ?? '').split('/');
  const common = {
    text,
    port: number === '' || number === undefined ? undefined : /^\d+$/.test(number) ? Number(number) : number,
    protocol:
      protocol === undefined ? undefined : protocol.toUpperCase() === 'UDP' ? ('UDP' as const) : ('TCP' as const),
  };
  if (isIP(text) !== 0) return { ...common, namespace, name: text, address: text };
  const labels = text
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(new RegExp(`\\.svc(\\.${domain.replaceAll('.', '\\.')})?$`), '')
    .split('.');
  // `web-0.web.prod`: a pod of a headless Service.
  const [name = '', home = namespace] = labels.length > 2 ? labels.slice(1) : labels;
  return { ...common, namespace: home, name, address: undefined };
}
