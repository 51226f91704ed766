import type { Flow, PathStage, SocketAddress } from '@kubarium/shared';

/** Where the stages of a path sent a flow: on to a target, or nowhere, and which of them decided so. */
export type PathOutcome =
  | {
      readonly action: 'go';
      readonly target: SocketAddress;
      readonly sourceAddress: string;
      readonly rewrittenBy: PathStage | undefined;
    }
  /** `target` is where it was going when it was stopped. */
  | { readonly action: 'refuse' | 'drop'; readonly by: PathStage; readonly target: SocketAddress };

/** Asks the stages in order; each sees the flow as the ones before it left it. */
export function followPath(stages: readonly PathStage[], flow: Flow): PathOutcome {
  let seen = flow;
  let rewrittenBy: PathStage | undefined;
  for (const stage of stages) {
    const verdict = stage.decide(seen);
    switch (verdict.action) {
      case 'pass':
        break;
      case 'rewrite': {
        const address = verdict.sourceAddress ?? seen.source.address;
        const source = address === seen.source.address ? seen.source : { address, port: seen.source.port };
        seen = { ...seen, destination: verdict.destination, source };
        rewrittenBy = stage;
        break;
      }
      case 'refuse':
      case 'drop':
        return { action: verdict.action, by: stage, target: seen.destination };
    }
  }
  return { action: 'go', target: seen.destination, sourceAddress: seen.source.address, rewrittenBy };
}
