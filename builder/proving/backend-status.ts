/** How a backend is doing. */
export interface BackendStatus {
  readonly name: string;
  readonly slots: number;
  readonly running: number;
  readonly quarantined: boolean;
  /** Milliseconds of proving per constraint, once known. */
  readonly rate?: number;
  /** Proofs that it made, and that verified. */
  readonly proofs: number;
  /** Milliseconds of the latest, once there is one. */
  readonly latest?: number;
  /** How often it died, hung, or was wrong. */
  readonly faults: number;
}
