import { type Client, MethodNotFoundRpcError, MethodNotSupportedRpcError } from "viem";
import { NotAGatewayError } from "../errors/not-a-gateway.ts";
import { Found } from "../found.ts";

/**
 * Asks a gateway for one of Lockstep's own methods.
 * @throws {NotAGatewayError}
 */
export async function request(client: Client, method: string, params: readonly unknown[]): Promise<Found> {
  try {
    const answer: unknown = await client.request<{ Parameters: unknown; ReturnType: unknown }>({
      method,
      params,
    });
    return new Found(answer, method);
  } catch (error) {
    if (error instanceof MethodNotFoundRpcError || error instanceof MethodNotSupportedRpcError)
      throw new NotAGatewayError(method, { cause: error });
    throw error;
  }
}
