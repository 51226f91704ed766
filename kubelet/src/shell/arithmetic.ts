/*
 * Arithmetic expansion: C's integer expressions on 64 bits.
 *
 *   comma   = assign { ',' assign }
 *   assign  = name ('=' | '+=' | ...) assign | ternary
 *   ternary = binary [ '?' comma ':' ternary ]
 *   binary  = unary { operator unary }          precedence as in C, `**` above all
 *   unary   = ('+' | '-' | '!' | '~' | '++' | '--') unary | postfix
 *   postfix = (number | name | '(' comma ')') [ '++' | '--' ]
 */

/** Variables by name, for reading and assigning. */
export interface Variables {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

/** What is wrong with an expression, as the shell says it. */
export class ArithmeticError extends Error {
  override readonly name = 'ArithmeticError';
}

const PRECEDENCE: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '==': 6,
  '!=': 6,
  '<': 7,
  '>': 7,
  '<=': 7,
  '>=': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
  '**': 11,
};

const TOKEN =
  /\s*(0[xX][0-9a-fA-F]+|\d+#[0-9a-zA-Z]+|\d+|[A-Za-z_][A-Za-z0-9_]*|\*\*|<<=|>>=|[-+*/%&|^]=|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%<>=!~&|^?:(),])/y;
const MAX_DEPTH = 100;

/** The value of an expression. Throws ArithmeticError. */
export function evaluateArithmetic(expression: string, variables: Variables, depth = 0): bigint {
  if (depth > MAX_DEPTH) throw new ArithmeticError('arithmetic syntax error');
  return new Evaluation(expression, variables, depth).run();
}

class Evaluation {
  readonly #tokens: string[] = [];
  readonly #variables: Variables;
  #depth: number;
  #at = 0;
  /** Inside an operand that is not evaluated (`0 && x=1`): nothing is assigned, nothing divided. */
  #skipping = 0;

  constructor(expression: string, variables: Variables, depth: number) {
    this.#variables = variables;
    this.#depth = depth;
    let at = 0;
    while (expression.slice(at).trim() !== '') {
      TOKEN.lastIndex = at;
      const found = TOKEN.exec(expression);
      if (found === null) throw new ArithmeticError('arithmetic syntax error');
      this.#tokens.push(found[1]!);
      at = TOKEN.lastIndex;
    }
  }

  run(): bigint {
    if (this.#tokens.length === 0) return 0n;
    const value = this.#comma();
    if (this.#at < this.#tokens.length) throw new ArithmeticError('arithmetic syntax error');
    return value;
  }

  #comma(): bigint {
    let value = this.#assign();
    while (this.#take(',')) value = this.#assign();
    return value;
  }

  #assign(): bigint {
    if (++this.#depth > MAX_DEPTH) throw new ArithmeticError('arithmetic syntax error');
    try {
      const name = this.#tokens[this.#at];
      const operator = this.#tokens[this.#at + 1];
      if (
        name !== undefined &&
        /^[A-Za-z_]/.test(name) &&
        operator !== undefined &&
        /^([-+*/%&|^]|<<|>>)?=$/.test(operator)
      ) {
        this.#at += 2;
        const right = this.#assign();
        const value = operator === '=' ? right : this.#apply(operator.slice(0, -1), this.#value(name), right);
        this.#set(name, value);
        return value;
      }
      return this.#ternary();
    } finally {
      this.#depth--;
    }
  }

  #ternary(): bigint {
    const condition = this.#binary(1);
    if (!this.#take('?')) return condition;
    const yes = this.#skippingIf(condition === 0n, () => this.#comma());
    if (!this.#take(':')) throw new ArithmeticError('arithmetic syntax error');
    const no = this.#skippingIf(condition !== 0n, () => this.#assign());
    return condition !== 0n ? yes : no;
  }

  #binary(minimum: number): bigint {
    let left = this.#unary();
    for (;;) {
      const operator = this.#tokens[this.#at];
      const precedence = operator === undefined ? undefined : PRECEDENCE[operator];
      if (operator === undefined || precedence === undefined || precedence < minimum) return left;
      this.#at++;
      if (operator === '&&' || operator === '||') {
        const decided = operator === '&&' ? left === 0n : left !== 0n;
        const right = this.#skippingIf(decided, () => this.#binary(precedence + 1));
        left = decided ? (operator === '&&' ? 0n : 1n) : right === 0n ? 0n : 1n;
      } else left = this.#apply(operator, left, this.#binary(operator === '**' ? precedence : precedence + 1));
    }
  }

  #unary(): bigint {
    if (++this.#depth > MAX_DEPTH) throw new ArithmeticError('arithmetic syntax error');
    try {
      const token = this.#tokens[this.#at];
      switch (token) {
        case '+':
          this.#at++;
          return this.#unary();
        case '-':
          this.#at++;
          return wrap(-this.#unary());
        case '!':
          this.#at++;
          return this.#unary() === 0n ? 1n : 0n;
        case '~':
          this.#at++;
          return wrap(~this.#unary());
        case '++':
        case '--': {
          this.#at++;
          const name = this.#tokens[this.#at++];
          if (name === undefined || !/^[A-Za-z_]/.test(name)) throw new ArithmeticError('arithmetic syntax error');
          const value = wrap(this.#value(name) + (token === '++' ? 1n : -1n));
          this.#set(name, value);
          return value;
        }
        default:
          return this.#postfix();
      }
    } finally {
      this.#depth--;
    }
  }

  #postfix(): bigint {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new ArithmeticError('arithmetic syntax error');
    if (token === '(') {
      const value = this.#comma();
      if (!this.#take(')')) throw new ArithmeticError('arithmetic syntax error');
      return value;
    }
    if (/^\d/.test(token)) return number(token);
    if (!/^[A-Za-z_]/.test(token)) throw new ArithmeticError('arithmetic syntax error');
    const value = this.#value(token);
    for (const [operator, change] of [['++', 1n] as const, ['--', -1n] as const])
      if (this.#take(operator)) this.#set(token, wrap(value + change));
    return value;
  }

  #value(name: string): bigint {
    const text = this.#variables.get(name)?.trim() ?? '';
    if (text === '') return 0n;
    if (/^[-+]?(0[xX][0-9a-fA-F]+|\d+)$/.test(text))
      return text.startsWith('-') ? -number(text.slice(1)) : number(text.replace('+', ''));
    return evaluateArithmetic(text, this.#variables, this.#depth + 10);
  }

  #set(name: string, value: bigint): void {
    if (this.#skipping === 0) this.#variables.set(name, String(value));
  }

  #skippingIf(skip: boolean, evaluate: () => bigint): bigint {
    if (skip) this.#skipping++;
    try {
      return evaluate();
    } finally {
      if (skip) this.#skipping--;
    }
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  #apply(operator: string, left: bigint, right: bigint): bigint {
    switch (operator) {
      case '+':
        return wrap(left + right);
      case '-':
        return wrap(left - right);
      case '*':
        return wrap(left * right);
      case '/':
      case '%':
        if (right === 0n) {
          if (this.#skipping > 0) return 0n;
          throw new ArithmeticError('divide by zero');
        }
        return wrap(operator === '/' ? left / right : left % right);
      case '**':
        if (right < 0n) throw new ArithmeticError('exponent less than 0');
        return power(left, right);
      case '<<':
        return wrap(left << (right & 63n));
      case '>>':
        return left >> (right & 63n);
      case '&':
        return left & right;
      case '|':
        return left | right;
      case '^':
        return left ^ right;
      case '==':
        return left === right ? 1n : 0n;
      case '!=':
        return left !== right ? 1n : 0n;
      case '<':
        return left < right ? 1n : 0n;
      case '>':
        return left > right ? 1n : 0n;
      case '<=':
        return left <= right ? 1n : 0n;
      case '>=':
        return left >= right ? 1n : 0n;
      default:
        throw new ArithmeticError('arithmetic syntax error');
    }
  }
}

const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let left = exponent, square = base; left > 0n; left >>= 1n, square = wrap(square * square))
    if ((left & 1n) === 1n) result = wrap(result * square);
  return result;
}

function number(text: string): bigint {
  if (text.includes('#')) {
    const [base, digits] = text.split('#') as [string, string];
    const value = Array.from(digits.toLowerCase()).reduce(
      (sum, digit) => sum * BigInt(base) + BigInt(parseInt(digit, 36)),
      0n,
    );
    return wrap(value);
  }
  if (/^0[xX]/.test(text)) return wrap(BigInt(text));
  if (/^0\d/.test(text)) {
    if (/[89]/.test(text)) throw new ArithmeticError('arithmetic syntax error');
    return wrap(BigInt(`0o${text.slice(1)}`));
  }
  return wrap(BigInt(text));
}
