/** What a schedule knows of one backend. */
export interface Capacity {
  /** Jobs that it takes now. */
  readonly room: number;
  /** Milliseconds until each of its slots is free; 0 for those that are. */
  readonly freeIn: readonly number[];
  /** Milliseconds per constraint of a circuit: what pays for large ones need not for small ones. */
  readonly rateOf: (circuit: string) => number;
}

/** A proof that waits. */
export interface Demand {
  readonly circuit: string;
  readonly constraints: number;
  /** Which backends may make it, as indices. */
  readonly candidates: readonly number[];
}

/**
 * Gives each proof, in the order of their importance, to the backend where it would end first. A proof waits
 * for a fast backend that is busy rather than start on a slow one that would end later.
 * @returns for each proof the backend that takes it now; nothing for those that wait.
 */
export function assign(capacities: readonly Capacity[], demands: readonly Demand[]): (number | undefined)[] {
  const freeIn = capacities.map((capacity) => [...capacity.freeIn]);
  const room = capacities.map((capacity) => capacity.room);
  return demands.map(({ circuit, constraints, candidates }) => {
    let best: { backend: number; slot: number; end: number } | undefined;
    for (const backend of candidates) {
      const slots = freeIn[backend] ?? [];
      const free = Math.min(...slots);
      const end = free + constraints * (capacities[backend]?.rateOf(circuit) ?? Infinity);
      if (best === undefined || end < best.end) best = { backend, slot: slots.indexOf(free), end };
    }
    const slots = best === undefined ? undefined : freeIn[best.backend];
    if (best === undefined || slots === undefined) return undefined;
    slots[best.slot] = best.end;
    const left = room[best.backend] ?? 0;
    room[best.backend] = left - 1;
    return left > 0 ? best.backend : undefined;
  });
}
