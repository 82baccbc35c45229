import type { JSX } from "preact";
import { useState } from "preact/hooks";

/** Copies a text when it is pressed, and says so. */
export function CopyButton({
  text,
  children,
}: {
  readonly text: () => string;
  readonly children: string;
}): JSX.Element {
  const [said, say] = useState("");
  const copy = (): void => {
    navigator.clipboard.writeText(text()).then(
      () => say("copied"),
      () => say("the browser does not let a page copy here"),
    );
  };
  return (
    <button type="button" onClick={copy}>
      {said === "" ? children : said}
    </button>
  );
}
