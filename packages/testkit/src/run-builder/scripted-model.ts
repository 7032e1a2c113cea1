import type { BlockServices, LMClient } from '@dgt/core';
import { ModelProvider, parameterNameList, type ModelBlockConfig, type ParameterNames } from '@dgt/llm';
import { AnswerScript, type Answers } from './answer-script.js';

const names = Object.fromEntries(parameterNameList.map((name) => [name, name]));

/**
 * A model block that answers from a script, with all that a real one does about an answer: shapes and their re-asks, tools,
 * stop strings, several choices. `new ScriptedModel(['Paris'])` stands in for any model that a data builder or another block
 * calls.
 */
export class ScriptedModel extends ModelProvider {
  static override readonly providerName = 'script';
  static override readonly parameterNames: ParameterNames = { completion: names, chat_completion: names };
  readonly #script: AnswerScript;

  /**
   * @param answers an {@link AnswerScript} is shared with other models, so that one list serves all of them.
   * @param config what the entry of a model block takes in YAML, such as `response_format` or `stop`.
   */
  constructor(answers: Answers | AnswerScript, config: Partial<ModelBlockConfig> = {}, services?: BlockServices) {
    super({ name: 'model', model_id_or_path: 'script', ...config }, services);
    this.#script = answers instanceof AnswerScript ? answers : new AnswerScript(answers);
  }

  protected override createClient(): LMClient {
    const { name } = this;
    return {
      endpoint: 'script',
      model: 'script',
      complete: (request) => this.#script.answer(request, name),
      checkAvailability: () => Promise.resolve({ available: true }),
      close: () => Promise.resolve(),
    };
  }
}
