/**
 * A part of the cluster that runs: a controller, a scheduler, a kubelet, a server. `start` resolves once it is in work
 * (caches filled, sockets open); disposing stops it and resolves when nothing of it runs any more. Started and disposed
 * once.
 */
export interface Component extends AsyncDisposable {
  readonly name: string;
  start(): Promise<void>;
}
