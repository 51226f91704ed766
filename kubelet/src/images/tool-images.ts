import { defineImage } from './define-image.ts';

/** Images that are a shell and its programs: with nothing to read, the shell ends at once with 0. */
export const busybox = defineImage({ command: ['sh'], sizeBytes: 2_167_089 });
export const alpine = defineImage({ command: ['/bin/sh'], sizeBytes: 3_626_897 });
export const debian = defineImage({ command: ['bash'], sizeBytes: 48_500_000 });

/** curlimages/curl: its arguments are curl's. */
export const curlImage = defineImage({ entrypoint: ['curl'], user: '100:101', sizeBytes: 9_000_000 });

/** Images for looking around, which stay when there is nothing to do. */
export const dnsutils = defineImage({ command: ['sleep', 'infinity'], sizeBytes: 60_000_000 });
export const netshoot = defineImage({ command: ['bash'], sizeBytes: 190_000_000 });
