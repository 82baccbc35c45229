import { z } from "zod";
import { l1Error } from "../../l1/client.ts";
import { addressSchema, hashSchema, parseParams, quantitySchema } from "../json-rpc.ts";
import type { Handler, Topic } from "../service.ts";
import { getActivity } from "./activity.ts";
import type { SeeingContext } from "./context.ts";
import { getExecutions } from "./executions.ts";
import type { BuilderMemory } from "./memory.ts";
import { getProgress } from "./progress.ts";
import { chainParam, getProxies } from "./proxies.ts";
import { getSettlement } from "./settlement.ts";
import { shownEvent } from "./shown-event.ts";

const hashParams = z.tuple([hashSchema]);
const proxyParams = z.tuple([addressSchema, quantitySchema]);

/** Methods with which a transaction across chains is looked at, on every gateway. */
export function seeingMethods(context: SeeingContext): Readonly<Record<string, Handler>> {
  const ofHash =
    (answer: (context: SeeingContext, hash: `0x${string}`) => Promise<unknown>): Handler =>
    async ({ params }) => {
      const [hash] = parseParams(hashParams, params);
      return { result: await guarded(context, () => answer(context, hash)) };
    };
  return {
    lockstep_getSettlement: ofHash(getSettlement),
    lockstep_getExecutions: ofHash(getExecutions),
    lockstep_getProxies: async ({ params }) => {
      const [address, chain] = parseParams(proxyParams, params);
      return { result: await guarded(context, () => getProxies(context, address, chainParam(chain))) };
    },
  };
}

const MOST = 1_000;
const USUAL = 50;
const activityParams = z.tuple([
  z
    .object({
      limit: z.union([z.int().min(1).max(MOST), quantitySchema.transform(Number)]).default(USUAL),
    })
    .nullish()
    .transform((given) => given ?? { limit: USUAL }),
]);

/** What the builder alone knows: on L1's gateway. */
export function builderMethods(
  context: SeeingContext,
  memory: BuilderMemory,
): Readonly<Record<string, Handler>> {
  return {
    lockstep_getProgress: async ({ params }) => {
      const [hash] = parseParams(hashParams, params);
      return { result: await guarded(context, () => getProgress(context, memory, hash)) };
    },
    lockstep_getActivity: async ({ params }) => {
      const [{ limit }] = parseParams(activityParams, [params[0]]);
      return { result: getActivity(context.builder, memory, Math.max(1, Math.min(limit, MOST))) };
    },
  };
}

/** What the builder does, as it does it. */
export function builderTopic({ builder }: Pick<SeeingContext, "builder">): Topic {
  return async (_params, push) =>
    builder.listen((event) => {
      push(shownEvent(event, Date.now()));
    });
}

/** What L1 does not answer, or refuses, is told by its name. */
async function guarded<Result>({ builder }: SeeingContext, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw l1Error(error, builder.l1Rpc);
  }
}
