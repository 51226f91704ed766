import type { NetworkNamespace, Runtime, TraceSink } from '@kubarium/shared';
import type { FileSystem } from './file-system.ts';

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

export interface ResolverOptions {
  readonly files: FileSystem;
  readonly network: NetworkNamespace;
  readonly runtime: Runtime;
  /** Whose resolver it is, for traces: `pod default/frontend`. */
  readonly where?: string | undefined;
}

/** Makes the resolver of a container out of its files (/etc/hosts, /etc/resolv.conf) and its network. */
export type MakeResolver = (options: ResolverOptions) => Resolver;
