import { expect } from "chai";
import { Priority, Room } from "../../builder/core/room.ts";

describe("the room", () => {
  const busyFor = (milliseconds: number): void => {
    const end = performance.now() + milliseconds;
    while (performance.now() < end);
  };

  it("lets a call branch off between two steps of the producer's", async () => {
    const room = new Room();
    const order: string[] = [];
    let calling: Promise<void> | undefined;
    for (let step = 0; step < 3; step++) {
      await room.run(Priority.Produce, () => {
        order.push(`step ${step}`);
        calling ??= room.run(Priority.Call, () => void order.push("call"));
      });
    }
    await calling;
    expect(order).to.deep.equal(["step 0", "call", "step 1", "step 2"]);
  });

  it("lets requests come in however much is executed", async () => {
    const room = new Room();
    let cameAt: number | undefined;
    let steps = 0;
    setImmediate(() => (cameAt = steps));
    while (steps < 50) {
      await room.run(Priority.Produce, () => {
        busyFor(10);
        steps++;
      });
    }
    expect(cameAt).to.be.lessThan(50);
  });
});
