/** A map that may be built on another, as a stage is on the one below: it holds what it sets itself, and asks those below for the rest. */
export interface LayeredMap<Value> {
  get(name: string): Value | undefined;
  set(name: string, value: Value): void;
  delete(name: string): void;
  clear(): void;
  /** A map on top of this one, which must not change any more. */
  above(): LayeredMap<Value>;
}

interface Layer<Value> {
  readonly own: ReadonlyMap<string, Value | undefined>;
  readonly below: Layer<Value> | undefined;
}

/** An empty map. Chains and fans of maps take time and memory that grow with the number of names set in them, and not with its square. */
export function layeredMap<Value>(): LayeredMap<Value> {
  return onTopOf<Value>(undefined);
}

function onTopOf<Value>(base: Layer<Value> | undefined): LayeredMap<Value> {
  let below = base;
  let own = new Map<string, Value | undefined>();
  let closed: Layer<Value> | undefined;
  return {
    get: (name) => (own.has(name) ? own.get(name) : look(below, name)),
    set: (name, value) => void own.set(name, value),
    delete: (name) => void own.set(name, undefined),
    clear() {
      below = undefined;
      own = new Map();
    },
    above() {
      closed ??= own.size === 0 && below ? below : merged({ own, below });
      return onTopOf(closed);
    },
  };
}

function look<Value>(layer: Layer<Value> | undefined, name: string): Value | undefined {
  for (let at = layer; at; at = at.below) if (at.own.has(name)) return at.own.get(name);
  return undefined;
}

/** Takes in layers below that are no bigger, so that sizes double and there are few to look through. */
function merged<Value>(top: Layer<Value>): Layer<Value> {
  let { own, below } = top;
  while (below && below.own.size <= own.size) {
    own = new Map([...below.own, ...own]);
    below = below.below;
  }
  return { own, below };
}
