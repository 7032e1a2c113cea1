import { createScriptServices, type BlockServices } from '@dgt/core';
import { FakeClock } from './fake-clock.js';

/** Services of a test: a clock that jumps, and a memory of what was said. */
export function createTestServices(overrides: Partial<BlockServices> = {}) {
  const clock = new FakeClock();
  const said: string[] = [];
  const secrets: string[] = [];
  const services: BlockServices = {
    ...createScriptServices(),
    clock,
    log: { write: (level, message) => void said.push(`${level}: ${message}`) },
    keepSecret: (secret) => void secrets.push(secret),
    ...overrides,
  };
  return { services, clock, said, secrets };
}
