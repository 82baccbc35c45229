import pc from "picocolors";

/** The word by which a person sees that nothing proves a rollup's state. */
export const UNPROVEN_LABEL = pc.bold(pc.red("UNPROVEN"));

/**
 * What the word means, in red, for rollups called so; nothing if there are none.
 * @param why nothing proves them.
 */
export function unprovenWarning(
  names: readonly string[],
  why = "no circuit covers this kind of rollup yet",
): string | undefined {
  if (names.length === 0) return undefined;
  const subject = names.length === 1 ? `${names[0]} is` : `${names.join(", ")} are`;
  return pc.red(`${subject} UNPROVEN: ${why}, and anybody can forge its state.`);
}
