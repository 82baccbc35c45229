import { row } from "../../bus/row.ts";

export const end = row("end", "the frame has ended, with gas that is not negative", (r) => {
  const [gas, context, time] = [r.given("gas"), r.given("context"), r.given("time")];
  const [succeeded, length] = [r.given("succeeded"), r.given("length")];
  r.receive("leaving", { gas, context, time, succeeded, length });
  // Gas only falls: had it been negative at any step, it would be now.
  r.range(gas, 40);
  r.send("ended", { gas, context, time, succeeded, length });
  // What there is once in each frame.
  r.receive("memorySize", {
    words: r.given("words"),
    context,
    time: r.given("sizeTime"),
    quotient: r.given("quotient"),
  });
  r.receive("freshMemory", { index: r.given("fresh"), context });
  r.send("closed", { context }, r.multiplicity("discards"));
});
