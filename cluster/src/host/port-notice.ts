/** What is told of a port of this machine that could not be opened; any other error is thrown on. */
export function portNotice(
  error: unknown,
  missing: string,
  { port, flag }: { readonly port: number; readonly flag: string },
): string {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'EADDRINUSE':
      return `${missing}: port ${port} is in use (choose another with ${flag})`;
    case 'EACCES':
      return `${missing}: port ${port} may not be opened by this user (choose one above 1023 with ${flag})`;
    default:
      throw error;
  }
}
