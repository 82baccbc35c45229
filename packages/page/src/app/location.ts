import { signal } from "@preact/signals";
import { parseRoute, type Route } from "./route.ts";

/** What is shown now. */
export const route = signal<Route>({ screen: "home" });

/** Follows the browser's address. */
export function followLocation(): void {
  const read = (): void => {
    route.value = parseRoute(location.hash.slice(1));
  };
  addEventListener("hashchange", read);
  read();
}

export function go(to: string): void {
  location.hash = to;
}

/** Changes the address without a step back: the cursor moves often. */
export function replace(to: string): void {
  history.replaceState(null, "", `#${to}`);
  route.value = parseRoute(to);
}
