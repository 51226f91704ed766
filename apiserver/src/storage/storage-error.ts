/** What a storage cannot do, in storage's own terms; the registry turns it into a StatusError. */
export type StorageErrorCode =
  | 'exists'
  | 'absent'
  /** The revision asked for has been compacted away. */
  | 'compacted'
  /** The revision asked for has not been reached. */
  | 'future'
  /** The medium refuses to write (disk full, read-only); nothing of the write has happened. */
  | 'unwritable'
  /** The value is larger than what may be stored. */
  | 'too-large';

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

export const isStorageError = (error: unknown, code?: StorageErrorCode): error is StorageError =>
  error instanceof StorageError && (code === undefined || error.code === code);

export type StorageOpenErrorCode =
  /** Another process has the file open. */
  | 'in-use'
  /** Not a database of ours, or damaged. */
  | 'corrupt'
  /** Written by a newer version than this one. */
  | 'newer-format'
  /** The file cannot be read or made. */
  | 'inaccessible';

/** A store that cannot be opened. The message says what is wrong and what to do; the file has not been touched. */
export class StorageOpenError extends Error {
  override readonly name = 'StorageOpenError';
  readonly code: StorageOpenErrorCode;
  readonly path: string;

  constructor(code: StorageOpenErrorCode, path: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.path = path;
  }
}
