import { scaleLinear } from "d3-scale";
import type { JSX } from "preact";

export interface Bar {
  readonly name: string;
  readonly amount: number;
  readonly text: string;
  /** Begins where the one before ends, by default; otherwise at 0. */
  readonly isInside?: boolean;
}

/** Parts of a whole, one after the other. */
export function Bars({
  title,
  bars,
}: {
  readonly title: string;
  readonly bars: readonly Bar[];
}): JSX.Element {
  const whole = bars.filter(({ isInside }) => isInside !== true).reduce((sum, { amount }) => sum + amount, 0);
  const scale = scaleLinear()
    .domain([0, whole === 0 ? 1 : whole])
    .range([0, 100])
    .clamp(true);
  let begin = 0;
  return (
    <figure class="bars">
      <figcaption>{title}</figcaption>
      <dl>
        {bars.map(({ name, amount, text, isInside = false }) => {
          const from = isInside ? Math.max(begin - amount, 0) : begin;
          if (!isInside) begin += amount;
          return (
            <div key={name} class={isInside ? "inside" : ""}>
              <dt>{name}</dt>
              <dd>
                <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                  <rect class="bar-room" width="100" height="8" />
                  <rect class="bar" x={scale(from)} width={Math.max(scale(amount), 0.6)} height="8" />
                </svg>
                <span>{text}</span>
              </dd>
            </div>
          );
        })}
      </dl>
    </figure>
  );
}
