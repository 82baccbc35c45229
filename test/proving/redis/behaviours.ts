/** How a worker in tests behaves. */
const BEHAVIOURS = ["honest", "lying", "dying", "hanging"] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

export function isBehaviour(text: string): text is Behaviour {
  return BEHAVIOURS.some((behaviour) => behaviour === text);
}
