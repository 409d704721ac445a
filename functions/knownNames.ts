import { getApp } from "../shared/app";
import { noSuchName } from "../shared/closestName";
import { AppError } from "../shared/errors";

/** AppError not_found for a use case that neither a spec nor a record names. */
export function noSuchUsecase(name: string): AppError {
  return new AppError("not_found", noSuchName("use case", name, getApp().usecases.keys()));
}

/** Refuses a model or use case that nothing here is called after; AppError not_found names those there are. */
export async function requireSubject(name: string): Promise<void> {
  const { usecases, registry } = getApp();
  if (usecases.has(name)) return;
  const models = await registry.models();
  if (models.includes(name)) return;
  const known = [...new Set([...usecases.keys(), ...models])].sort();
  throw new AppError("not_found", noSuchName("model", name, known));
}
