import { row } from "../../bus/row.ts";

export const discardStack = row("discardStack", "takes a word that an ended frame left on its stack", (r) => {
  const context = r.given("context");
  r.receive("closed", { context });
  r.receive("stack", {
    lo: r.given("lo"),
    context,
    time: r.given("time"),
    position: r.given("position"),
    hi: r.given("hi"),
  });
});

export const discardMemory = row(
  "discardMemory",
  "takes a word that an ended frame left in its memory",
  (r) => {
    const context = r.given("context");
    r.receive("closed", { context });
    r.receive("memory", {
      lo: r.given("lo"),
      context,
      time: r.given("time"),
      index: r.given("index"),
      hi: r.given("hi"),
    });
  },
);
