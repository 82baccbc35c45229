/** What is shown. Every screen, and every step of a transaction, has an address of its own. */
export type Route =
  | { readonly screen: "home" }
  | { readonly screen: "transaction"; readonly hash: string; readonly step: number | undefined }
  | { readonly screen: "address"; readonly chain: number; readonly address: string }
  | { readonly screen: "block"; readonly chain: number; readonly block: string }
  | { readonly screen: "attempt"; readonly chain: number; readonly to: string }
  | { readonly screen: "nothing"; readonly wanted: string };

const HASH = /^0x[0-9a-f]{64}$/i;
const ADDRESS = /^0x[0-9a-f]{40}$/i;
const NUMBER = /^\d{1,15}$/;

/** @param fragment what stands behind `#`. */
export function parseRoute(fragment: string): Route {
  const [screen = "", first = "", second = "", third = ""] = fragment.replace(/^\/?/, "").split("/");
  if (screen === "") return { screen: "home" };
  if (screen === "tx" && HASH.test(first))
    return {
      screen: "transaction",
      hash: first.toLowerCase(),
      step: second === "step" && NUMBER.test(third) ? Number(third) : undefined,
    };
  if (screen === "address" && NUMBER.test(first) && ADDRESS.test(second))
    return { screen: "address", chain: Number(first), address: second.toLowerCase() };
  if (screen === "block" && NUMBER.test(first) && (NUMBER.test(second) || HASH.test(second)))
    return { screen: "block", chain: Number(first), block: second.toLowerCase() };
  if (screen === "try" && (first === "" || NUMBER.test(first)))
    return { screen: "attempt", chain: Number(first), to: ADDRESS.test(second) ? second.toLowerCase() : "" };
  return { screen: "nothing", wanted: fragment };
}

export const urlOf = {
  transaction: (hash: string, step?: number): string =>
    `/tx/${hash}${step === undefined ? "" : `/step/${step}`}`,
  address: (chain: number, address: string): string => `/address/${chain}/${address}`,
  block: (chain: number, block: number | string): string => `/block/${chain}/${block}`,
  attempt: (chain: number, to = ""): string => `/try/${chain}${to === "" ? "" : `/${to}`}`,
};
