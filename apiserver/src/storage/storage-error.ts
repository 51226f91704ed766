/** What a storage cannot do, in storage's own terms; the registry turns it into a StatusError. */
export type StorageErrorCode =
  | 'exists'
  | 'absent'
  /** The revision asked for has been compacted away. */
  | 'compacted'
  /** The revision asked for has not been reached. */
  | 'future'
  /** The medium refuses to write (disk full, read-only); nothing of the write has happened. */
  | 'unwritable';

export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageErrorCode;
  readonly key: string;

  constructor(code: StorageErrorCode, key: string, options?: ErrorOptions) {
    super(`storage: ${code}: ${key}`, options);
    this.code = code;
    this.key = key;
  }
}
