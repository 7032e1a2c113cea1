import { Block, blocks, type BlockClass, type BlockServices } from '@dgt/core';
import { expect, it } from 'vitest';
import { SecretStore } from '../config/secrets.js';
import { createServices } from './run-services.js';

class Probe extends Block.of({}) {
  readonly given: BlockServices;
  constructor(config: object, services: BlockServices) {
    super(config as never, services);
    this.given = services;
  }
  override process() {
    return {};
  }
}
blocks.add('services-probe', Probe as unknown as BlockClass, 'the test');

it("starts the paths of a builder's blocks, and of the blocks that these make, at the builder's folder", async () => {
  const log = { write: () => {} };
  const { services } = createServices({ log, secrets: new SecretStore(), baseFolder: '/work' });
  const ofBuilder = services.in('/work/builders/a');
  const outer = new Probe({}, ofBuilder);
  const inner = (await outer.given.createBlock({ type: 'services-probe' })) as Probe;
  for (const { given } of [outer, inner])
    expect(given).toMatchObject({ baseFolder: '/work/builders/a', workingFolder: '/work', log });
  expect(services.share('key', () => 'first')).toBe(inner.given.share('key', () => 'second'));
});
