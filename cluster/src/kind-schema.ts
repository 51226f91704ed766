/** OpenAPI 3.0 schemas, for what clients are told of the kinds of `sim.kubarium.dev`. */

interface FieldSchema {
  readonly type: string;
  readonly description: string;
}

/** One of the values, where there are any. */
export const text = (description: string, ...values: string[]): FieldSchema => ({
  type: 'string',
  description,
  ...(values.length > 0 && { enum: values }),
});

export const whole = (description: string): FieldSchema => ({ type: 'integer', description });

export const number = (description: string): FieldSchema => ({ type: 'number', description });

export const flag = (description: string): FieldSchema => ({ type: 'boolean', description });

export const list = (description: string, items: object): FieldSchema & { readonly items: object } => ({
  type: 'array',
  description,
  items,
});

export const fields = (
  description: string,
  properties: Readonly<Record<string, object>>,
  ...required: string[]
): FieldSchema & { readonly properties: object } => ({
  type: 'object',
  description,
  properties,
  ...(required.length > 0 && { required }),
});
