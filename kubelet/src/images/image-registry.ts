import { agnhostImage, nautilus, nonewprivs } from './agnhost/agnhost.ts';
import { defaultAppImage } from './default-app.ts';
import { mariadb, mysql } from './databases/mysql.ts';
import { postgresImage } from './databases/postgres.ts';
import { ealenEchoServer, httpHttpsEcho, kicbaseEchoServer, kubernetesEchoserver } from './echo/echo-servers.ts';
import { httpEcho } from './echo/http-echo.ts';
import { whoami } from './echo/whoami.ts';
import { httpd } from './httpd.ts';
import type { Image, ImageRegistry } from './image.ts';
import { ImagePullError } from './image.ts';
import { parseImageReference } from './image-reference.ts';
import { nginx } from './nginx.ts';
import { pause } from './pause.ts';
import { redis } from './redis/redis.ts';
import { alpine, busybox, curlImage, debian, dnsutils, netshoot } from './tool-images.ts';

/** The images by their repository, or by its last part; all others are the default app. */
const IMAGES: Readonly<Record<string, Image>> = {
  agnhost: agnhostImage,
  alpine,
  bash: debian,
  busybox,
  curl: curlImage,
  debian,
  dnsutils,
  'docker.io/jmalloc/echo-server': kicbaseEchoServer,
  'docker.io/kicbase/echo-server': kicbaseEchoServer,
  'echo-server': ealenEchoServer,
  echoserver: kubernetesEchoserver,
  'http-echo': httpEcho,
  'http-https-echo': httpHttpsEcho,
  httpd,
  'jessie-dnsutils': dnsutils,
  mariadb,
  mysql,
  nautilus,
  netshoot,
  nginx,
  'nginx-unprivileged': nginx,
  nonewprivs,
  pause,
  postgres: postgresImage,
  redis,
  ubuntu: debian,
  whoami,
};

/** Tags that people use for an image that cannot be had. */
const MISSING_TAGS = new Set(['nonexistent', 'non-existent', 'does-not-exist', 'doesnotexist', 'not-found', '404']);

/** Finds images by name; `more` (by repository, or by its last part) goes first. */
export const createImageRegistry = (more: ReadonlyMap<string, Image> = new Map()): ImageRegistry => ({
  resolve(text) {
    const reference = parseImageReference(text);
    if (reference === undefined)
      throw new ImagePullError(
        `Failed to apply default image tag "${text}": couldn't parse image name "${text}": invalid reference format`,
      );
    const { repository, name, tag } = reference;
    if (MISSING_TAGS.has(tag)) {
      const full = `${repository}:${tag}`;
      throw new ImagePullError(
        `failed to pull and unpack image "${full}": failed to resolve image: ${full}: not found`,
      );
    }
    return more.get(repository) ?? more.get(name) ?? IMAGES[repository] ?? IMAGES[name] ?? defaultAppImage;
  },
});
