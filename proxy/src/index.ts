export { Proxy, type ProxyOptions } from './proxy.ts';
export { NodePortListener, type NodePortListenerOptions } from './node-port-listener.ts';
export { chooseEndpoints, type EndpointChoice, type Entrance, type ProxyNode } from './choose-endpoint.ts';
export type { Route, RoutingTable } from './routing-table.ts';
export type { Endpoint } from './slice-endpoints.ts';
