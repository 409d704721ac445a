/**
 * What `work` gives; where that takes longer than `limitMs`, what `late` gives or throws instead. The work itself is
 * not stopped.
 */
export async function withTimeLimit<T, L>(work: Promise<T>, limitMs: number, late: () => L): Promise<T | L> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  try {
    return await Promise.race([work, limit.then(late)]);
  } finally {
    clearTimeout(timer);
  }
}
