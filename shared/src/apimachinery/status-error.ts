import type { Status, StatusCause } from '../api/meta-v1.ts';

/** A cause of a failure: which field, and why. The wire form of a field error. */
export type { StatusCause };

interface StatusParts {
  readonly code: number;
  readonly message: string;
  /** Of a list that expired: how to go on. */
  readonly metadata?: Status['metadata'];
}

/**
 * What the API answers when it does not do what was asked: a `metav1.Status` with a reason and an HTTP code. Thrown by the
 * API server's registry and by both client transports alike; the endpoints turn it into the reply.
 */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly status: Status & { code: number; message: string };

  /** The members are written in the order of the real server's. */
  constructor({
    message,
    reason,
    details,
    code,
    ...rest
  }: Omit<Status, 'apiVersion' | 'kind' | 'status' | 'metadata'> & StatusParts) {
    super(message);
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      ...rest,
      message,
      ...(reason !== undefined && { reason }),
      ...(details !== undefined && { details }),
      code,
    };
  }

  get reason(): string {
    return this.status.reason ?? '';
  }

  get code(): number {
    return this.status.code;
  }
}

const hasReason = (error: unknown, reason: string): boolean => error instanceof StatusError && error.reason === reason;

export const isNotFound = (error: unknown): boolean => hasReason(error, 'NotFound');
export const isAlreadyExists = (error: unknown): boolean => hasReason(error, 'AlreadyExists');
export const isConflict = (error: unknown): boolean => hasReason(error, 'Conflict');
export const isInvalid = (error: unknown): boolean => hasReason(error, 'Invalid');
export const isForbidden = (error: unknown): boolean => hasReason(error, 'Forbidden');
/** 410: the resourceVersion or continue token is too old; list again. */
export const isExpired = (error: unknown): boolean => hasReason(error, 'Expired') || hasReason(error, 'Gone');
export const isTooManyRequests = (error: unknown): boolean => hasReason(error, 'TooManyRequests');
