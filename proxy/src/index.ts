export { Proxy, type ProxyOptions } from './proxy.ts';
export { HealthCheckServer, type HealthCheckServerOptions } from './health-check-server.ts';
export { ServiceListener, type ServiceListenerOptions, type UnavailablePort } from './service-listener.ts';
export { chooseEndpoints, type EndpointChoice, type Entrance, type ProxyNode } from './choose-endpoint.ts';
export type { Route, RoutingTable } from './routing-table.ts';
export type { Endpoint } from './slice-endpoints.ts';
export { portKey, SERVICE_NAME_LABEL, sliceEndpoints } from './slice-endpoints.ts';
