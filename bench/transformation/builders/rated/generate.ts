import {
  dataPoint,
  LMProvider,
  registerDataBuilder,
  TransformationDataBuilder,
  TransformationTask,
  Type,
} from '@dgt/core';
import { parsePair } from '../../../engine/pairs.js';

class Text extends dataPoint({ text: Type.String() }) {}
class Pair extends dataPoint({ question: Type.String(), answer: Type.String() }) {}
class PairTask extends TransformationTask.of({ input: Text, output: Pair }) {}

/** One call for each row of the input. */
@registerDataBuilder('rated')
export class PairOfTextBuilder extends TransformationDataBuilder.of({
  task: PairTask,
  blocks: { generator: LMProvider },
}) {
  override async *transform({ text }: Text) {
    for await (const { result } of this.blocks.generator.run([{ input: `One pair about this text:\n${text}` }])) {
      const pair = parsePair(result);
      if (pair !== undefined) yield new Pair(pair);
    }
  }
}
