import type { ComponentChildren, JSX } from "preact";
import type { Loaded } from "../chains/loaded.ts";

/** What was asked for, once it is there. */
export function Await<Value>({
  loaded,
  what,
  children,
}: {
  readonly loaded: Loaded<Value>;
  readonly what: string;
  readonly children: (value: Value) => ComponentChildren;
}): JSX.Element {
  if (loaded.state === "loading") return <p class="quiet" aria-busy="true">{`asking for ${what} …`}</p>;
  if (loaded.state === "failed")
    return (
      <p class="fault" role="alert">
        {`${what}: ${loaded.reason}`}
      </p>
    );
  return <>{children(loaded.value)}</>;
}

/** The word by which a person sees that nothing proves a rollup's state. */
export function Unproven(): JSX.Element {
  return <strong class="unproven">UNPROVEN</strong>;
}
