import type { TraceSink } from '@kubarium/shared';

/** What the C library's resolver says: addresses in the order of the answer, or why there are none. */
export type Resolution =
  | { readonly ok: true; readonly addresses: readonly string[]; readonly canonicalName: string }
  /** `NXDOMAIN`: no such name; `NODATA`: the name exists, not with this type; `TIMEOUT`: no server answered; `SERVFAIL`/`REFUSED`: it would not. */
  | { readonly ok: false; readonly code: 'NXDOMAIN' | 'NODATA' | 'TIMEOUT' | 'SERVFAIL' | 'REFUSED' };

/**
 * A pod's resolver (glibc's stub): /etc/hosts first, then the name servers of /etc/resolv.conf over UDP with its search list,
 * ndots, timeout and attempts, TCP where the answer was cut.
 */
export interface Resolver {
  lookup(name: string, trace?: TraceSink): Promise<Resolution>;
}
