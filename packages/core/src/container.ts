import 'reflect-metadata';
import { container, type DependencyContainer } from 'tsyringe';

export { inject, injectable } from 'tsyringe';
export type { DependencyContainer } from 'tsyringe';

/** A container for the services of one run; what it holds ends with it. */
export function createRunContainer(): DependencyContainer {
  return container.createChildContainer();
}
