/** How a worker in tests behaves. */
const MANNERS = ["honest", "lying", "dying", "hanging"] as const;
export type Manner = (typeof MANNERS)[number];

export function isManner(text: string): text is Manner {
  return MANNERS.some((manner) => manner === text);
}
