/** Lets a test decide in which order pending work goes on. */
export interface Gates {
  /** Waits until this gate is opened. */
  wait(gate: number): Promise<void>;
  /** Opens gates one after the other, letting everything that can move do so in between. */
  open(order: Iterable<number>): Promise<void>;
}

/** Makes gates by number; each opens once. */
export function createGates(): Gates {
  const doors = new Map<number, { readonly opened: Promise<void>; readonly open: () => void }>();
  const doorOf = (gate: number) => {
    let door = doors.get(gate);
    if (door === undefined) {
      let open = () => {};
      const opened = new Promise<void>((resolve) => {
        open = resolve;
      });
      door = { opened, open };
      doors.set(gate, door);
    }
    return door;
  };
  return {
    wait: (gate) => doorOf(gate).opened,
    async open(order) {
      await moveOn();
      for (const gate of order) {
        doorOf(gate).open();
        await moveOn();
      }
    },
  };
}

function moveOn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
