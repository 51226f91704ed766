/** One thing that is wrong with a scenario file, and where. Lines and columns count from 1. */
export interface ScenarioProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A scenario file that cannot be run as it stands. The message has a line `FILE:LINE:COLUMN: what` for each problem. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
  readonly file: string;
  readonly problems: readonly ScenarioProblem[];

  constructor(file: string, problems: readonly ScenarioProblem[]) {
    super(problems.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'));
    this.file = file;
    this.problems = problems;
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
