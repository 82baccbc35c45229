/** What this package throws of its own. */
export abstract class LockstepClientError extends Error {
  /** Its class, where several copies of this package are loaded. */
  abstract override readonly name: string;
}
