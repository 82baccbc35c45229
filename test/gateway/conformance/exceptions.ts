/** The gateways that are asked. */
export type GatewayName = "L1" | "A";

/** Recorded cases that are answered otherwise on purpose. */
export interface CaseException {
  readonly cases: RegExp;
  readonly reason: string;
  /** Code of the error that is the answer. */
  readonly code: number | "a result";
}

export const CASE_EXCEPTIONS: Readonly<Record<GatewayName, readonly CaseException[]>> = { A: [], L1: [] };

/** Methods of the specification that a gateway does not have, and why. */
export const METHOD_EXCEPTIONS: Readonly<Record<GatewayName, Readonly<Record<string, string>>>> = {
  A: {},
  L1: {},
};
