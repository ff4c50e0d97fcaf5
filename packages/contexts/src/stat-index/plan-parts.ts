import type { Unit } from '../archive/plan-units.ts';
import type { IndexedPart } from './index-format.ts';
import type { IndexedUnit, IndexReader } from './index-reader.ts';
import { createRecordEncoder } from './unit-record.ts';

/** A unit with what the index says of it. */
export interface IndexableUnit extends Unit {
  /** Empty where no index is kept. */
  readonly record: Buffer;
  /** Of the last packing, where nothing of the unit has changed since. */
  readonly known?: IndexedUnit | undefined;
}

/** What to do next: pack a unit, or take a part of the last packing whole, but for the seal where it is the last. */
export type PartPlan =
  | { readonly kind: 'unit'; readonly unit: IndexableUnit }
  | { readonly kind: 'part'; readonly part: IndexedPart; readonly units: readonly IndexableUnit[] }
  | {
      readonly kind: 'last-part';
      readonly part: IndexedPart;
      readonly units: readonly IndexableUnit[];
      readonly sealDigest: Buffer;
    };

const noRecord = Buffer.alloc(0);

/** A plan without an index. */
export function* planUnitsOnly(units: Iterable<Unit | undefined>): Generator<PartPlan | undefined, void> {
  for (const unit of units) {
    yield unit === undefined ? undefined : { kind: 'unit', unit: { ...unit, record: noRecord } };
  }
}

/** Finds the parts of the last packing that nothing has changed in. Holds the units of one part. */
export function* planParts(
  units: Iterable<Unit | undefined>,
  index: IndexReader,
): Generator<PartPlan | undefined, void> {
  const encode = createRecordEncoder();
  let held: IndexableUnit[] = [];
  const release = function* (): Generator<PartPlan, void> {
    for (const unit of held) yield { kind: 'unit', unit };
    held = [];
  };
  for (const planned of units) {
    if (planned === undefined) {
      yield undefined;
      continue;
    }
    const encoded = encode(planned);
    const known = index.find(encoded);
    const { entries, range } = planned;
    const unit: IndexableUnit = { entries, range, record: known?.record ?? Buffer.from(encoded), known };
    const follows = known !== undefined && known.ordinal === held.length && isSamePart(held, known);
    if (!follows) yield* release();
    if (known === undefined || known.ordinal !== held.length) {
      yield { kind: 'unit', unit };
      continue;
    }
    held.push(unit);
    if (held.length === known.part.unitCount) {
      yield { kind: 'part', part: known.part, units: held };
      held = [];
    } else {
      yield undefined;
    }
  }
  const seal = index.peek();
  const isLast = seal !== undefined && seal.record.length === 0 && seal.ordinal === held.length;
  if (isLast && (held.length === 0 || held[0]!.known?.part === seal.part)) {
    yield { kind: 'last-part', part: seal.part, units: held, sealDigest: seal.sum.digest };
  } else {
    yield* release();
  }
}

function isSamePart(held: readonly IndexableUnit[], unit: IndexedUnit): boolean {
  return held.length === 0 || held[0]!.known?.part === unit.part;
}
