import type { Socket } from 'node:net';

/** Whom a connection is with: the same of a socket and of its TLS, from which there is no way back to the socket. */
export const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
