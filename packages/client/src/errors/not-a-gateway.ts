import { LockstepClientError } from "./base.ts";

/** The endpoint does not know Lockstep's methods: it is a node, and no gateway of a builder's. */
export class NotAGatewayError extends LockstepClientError {
  override readonly name = "NotAGatewayError";

  constructor(method: string, options?: ErrorOptions) {
    super(
      `the endpoint has no method ${method}: is it the L1 node itself? Connect to the gateways that the ` +
        "network's description names",
      options,
    );
  }
}
