import { row } from "../../bus/row.ts";
import { receiveUndoing } from "./undoing.ts";

export const end = row("end", "the frame has ended, with gas that is not negative", (r) => {
  const [gas, context, time] = [r.given("gas"), r.given("context"), r.given("time")];
  const [succeeded, length] = [r.given("succeeded"), r.given("length")];
  r.receive("leaving", { gas, context, time, succeeded, length });
  // Gas only falls: had it been negative at any step, it would be now.
  r.range(gas, 40);
  // What it did to tables is undone in as much time as it takes: nothing else has happened yet.
  const { undone, last } = receiveUndoing(r, context);
  const count = r.given("count");
  r.receive("undoings", { count, context });
  const ended = time.plus(count);
  r.equal(last, ended, "the last undoing is that of the frame's first entry", undone);
  r.bounded(ended, (1n << 32n) - 1n, "a statement has fewer than 2^32 rows");
  r.send("ended", { gas, context, time: ended, succeeded, length });
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
