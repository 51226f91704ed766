import { apiVersionOf, isNotFound, type ApiObject, type Resource } from '@kubarium/shared';
import { SURROUNDINGS, type Bindings } from './expression.ts';
import type { Question } from './functions/cluster-functions.ts';
import { UnansweredQuestion } from './interpreter.ts';
import type { ScenarioTarget } from './target.ts';

type Answer = { readonly value: unknown } | { readonly error: Error };

/**
 * What `work` makes of expressions that may ask the cluster. An expression is evaluated at once and cannot wait: a question that has no
 * answer yet ends the work, is asked, and the work begins again with all answers so far. So it must have no effects.
 */
export async function askingCluster<Result>(
  target: ScenarioTarget,
  bindings: Bindings,
  work: (bindings: Bindings) => Result,
): Promise<Result> {
  const surroundings = bindings[SURROUNDINGS];
  if (surroundings === undefined) return work(bindings);
  const answers = new Map<string, Answer>();
  const ask = (question: Question): unknown => {
    const answer = answers.get(JSON.stringify(question));
    if (answer === undefined) throw new UnansweredQuestion(question);
    if ('error' in answer) throw answer.error;
    return answer.value;
  };
  for (;;) {
    try {
      return work({ ...bindings, [SURROUNDINGS]: { ...surroundings, ask } });
    } catch (error) {
      if (!(error instanceof UnansweredQuestion)) throw error;
      answers.set(JSON.stringify(error.question), await answerTo(error.question, target));
    }
  }
}

async function answerTo(question: Question, target: ScenarioTarget): Promise<Answer> {
  try {
    return { value: await valueOf(question, target) };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** An object that is not there is null. */
async function valueOf(question: Question, target: ScenarioTarget): Promise<unknown> {
  if (question.about === 'version') return target.serverVersion();
  const { apiVersion, kind } = question;
  const resource = await target.resourceOf(apiVersion, kind);
  if (question.about === 'kind') return resource !== undefined;
  if (resource === undefined) throw new Error(`the cluster serves no kind ${kind} in ${apiVersion}`);
  const namespace = resource.namespaced && question.namespace !== '' ? question.namespace : undefined;
  if (question.about === 'list') {
    const { metadata, items } = await target.client.list(resource, { namespace });
    return { apiVersion, kind: `${kind}List`, metadata, items: items.map((item) => typed(item, resource)) };
  }
  try {
    return typed(await target.client.get(resource, { namespace, name: question.name }), resource);
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

const typed = (object: ApiObject, resource: Resource): ApiObject => ({
  ...object,
  apiVersion: apiVersionOf(resource),
  kind: resource.kind,
});
