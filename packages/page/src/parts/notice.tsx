import type { ComponentChildren, JSX } from "preact";
import { Boundary } from "./boundary.tsx";
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
  return (
    <Boundary what={what} value={loaded.value}>
      <Shown value={loaded.value}>{children}</Shown>
    </Boundary>
  );
}

/** Within the boundary: what throws is what is inside of it. */
function Shown<Value>({
  value,
  children,
}: {
  readonly value: Value;
  readonly children: (value: Value) => ComponentChildren;
}): JSX.Element {
  return <>{children(value)}</>;
}

/** The word by which a person sees that nothing proves a rollup's state. */
export function Unproven(): JSX.Element {
  return <strong class="unproven">UNPROVEN</strong>;
}
