/** What one proof took. */
export interface Measurement {
  /** Milliseconds from a ready witness to a proof; a pool's with its queue and with verification. */
  readonly wall: number;
  /** Seconds, all threads; a pool's with the witness. */
  readonly cpuSeconds: number;
  /** The most memory held since the candidate was started, in MiB. */
  readonly peakMebibytes: number;
  /** Only of pools. */
  readonly pool?: {
    /** Milliseconds. */
    readonly witness: number;
    /** Milliseconds that neither the witness nor the proof took. */
    readonly overhead: number;
  };
}

/** A way to prove that is ready to be timed. */
export interface Candidate {
  /**
   * Makes one proof.
   * @throws whatever goes wrong, a proof that does not verify among it.
   */
  prove(): Promise<Measurement>;
  close(): Promise<void>;
}
