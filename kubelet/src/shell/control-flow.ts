/** `break` and `continue`: how many loops out. */
export class LoopJump {
  readonly kind: 'break' | 'continue';
  readonly levels: number;

  constructor(kind: 'break' | 'continue', levels: number) {
    this.kind = kind;
    this.levels = levels;
  }
}

/** `return` from a function or a sourced file. */
export class FunctionReturn {
  readonly status: number;

  constructor(status: number) {
    this.status = status;
  }
}

/** The end of a shell or subshell. */
export class ShellExit {
  readonly status: number;

  constructor(status: number) {
    this.status = status;
  }
}

/** ^C in an interactive shell: back to the prompt. */
export class Interrupted {}
