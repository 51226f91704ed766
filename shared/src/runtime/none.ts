/** The list of those that have nothing: one for all, where thousands would each have an empty one. */
export const NONE: readonly never[] = [];
