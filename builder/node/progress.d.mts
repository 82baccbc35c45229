/** Says in a few words what a step is doing now. */
export type Report = (detail: string) => void;

/**
 * Runs `work` and, once it has taken more than two seconds, shows its title and elapsed time on standard
 * error: one moving line in a terminal, a line now and then elsewhere. Steps may run in parallel. Errors pass
 * through.
 */
export function step<Result>(title: string, work: (report: Report) => Promise<Result>): Promise<Result>;
