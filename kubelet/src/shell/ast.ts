/** A word before expansion: its parts side by side. */
export interface Word {
  readonly parts: readonly WordPart[];
}

export type ParameterOperator = '-' | '=' | '?' | '+' | '#' | '##' | '%' | '%%' | '/' | '//' | ':' | '^^' | ',,';

export type WordPart =
  | { readonly type: 'literal'; readonly text: string; readonly quoted: boolean }
  | {
      readonly type: 'parameter';
      readonly name: string;
      /** `${#name}` */
      readonly length: boolean;
      readonly operator?: ParameterOperator | undefined;
      /** `:-` and friends: an empty value counts as none. */
      readonly colon: boolean;
      readonly word?: Word | undefined;
      /** The replacement of `${name/pattern/replacement}`, the length of `${name:offset:length}`. */
      readonly second?: Word | undefined;
      readonly quoted: boolean;
    }
  | { readonly type: 'command'; readonly body: List; readonly quoted: boolean }
  | { readonly type: 'arithmetic'; readonly expression: Word; readonly quoted: boolean };

export type RedirectOperator = '<' | '>' | '>>' | '>|' | '<>' | '<&' | '>&' | '&>' | '&>>' | '<<' | '<<<';

export interface Redirect {
  readonly fd: number | undefined;
  readonly operator: RedirectOperator;
  /** The file, the descriptor, or the text of the here-document. */
  target: Word;
}

export interface Assignment {
  readonly name: string;
  readonly append: boolean;
  readonly value: Word;
}

/** Commands one after the other, each with what follows it: `&` makes it run in the background. */
export interface List {
  readonly type: 'list';
  readonly items: readonly { readonly command: Command; readonly background: boolean }[];
}

export type Command =
  | List
  | {
      readonly type: 'simple';
      readonly assignments: readonly Assignment[];
      readonly words: readonly Word[];
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly type: 'pipeline';
      readonly commands: readonly Command[];
      readonly negated: boolean;
      readonly timed: boolean;
    }
  | { readonly type: 'and' | 'or'; readonly left: Command; readonly right: Command }
  | { readonly type: 'subshell'; readonly body: List; readonly redirects: readonly Redirect[] }
  | { readonly type: 'group'; readonly body: List; readonly redirects: readonly Redirect[] }
  | {
      readonly type: 'if';
      readonly branches: readonly { readonly condition: List; readonly body: List }[];
      readonly otherwise: List | undefined;
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly type: 'for';
      readonly name: string;
      /** Absent: the positional parameters. */
      readonly words: readonly Word[] | undefined;
      readonly body: List;
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly type: 'for-arithmetic';
      readonly start: Word;
      readonly condition: Word;
      readonly next: Word;
      readonly body: List;
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly type: 'while' | 'until';
      readonly condition: List;
      readonly body: List;
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly type: 'case';
      readonly word: Word;
      readonly branches: readonly {
        readonly patterns: readonly Word[];
        readonly body: List;
        readonly falls: boolean;
      }[];
      readonly redirects: readonly Redirect[];
    }
  | { readonly type: 'function'; readonly name: string; readonly body: Command }
  | { readonly type: 'arithmetic'; readonly expression: Word; readonly redirects: readonly Redirect[] }
  | { readonly type: 'condition'; readonly words: readonly ConditionToken[]; readonly redirects: readonly Redirect[] };

/** A token of `[[ ]]`: an operator as written, or a word. */
export type ConditionToken = { readonly operator: string } | { readonly word: Word };
