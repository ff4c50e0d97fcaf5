import { countFiles, type Unit } from '../units/plan-units.ts';
import type { IndexedPart } from './index-format.ts';
import type { IndexedUnit, IndexReader } from './index-reader.ts';
import { createRecordEncoder, decodeUnitRecord } from './unit-record.ts';

/** A unit to be packed. */
export interface IndexableUnit extends Unit {
  /** Empty where no index is kept. */
  readonly record: Buffer;
  /** Of the last packing, where nothing of the unit has changed since. */
  readonly known?: IndexedUnit | undefined;
}

/** A unit of the last packing in which nothing has changed. What is in it is told by its record, so that its entries take no memory meanwhile. */
export interface KnownUnit {
  readonly known: IndexedUnit;
  readonly files: number;
  readonly bytes: number;
  restore(): IndexableUnit;
}

/** What to do next: pack a unit, or take a part of the last packing whole, but for the seal where it is the last. */
export type PartPlan =
  | { readonly kind: 'unit'; readonly unit: IndexableUnit }
  | { readonly kind: 'part'; readonly part: IndexedPart; readonly units: readonly KnownUnit[] }
  | {
      readonly kind: 'last-part';
      readonly part: IndexedPart;
      readonly units: readonly KnownUnit[];
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
  rootDevice: number,
): Generator<PartPlan | undefined, void> {
  const encode = createRecordEncoder();
  let held: KnownUnit[] = [];
  const release = function* (): Generator<PartPlan, void> {
    for (const unit of held) yield { kind: 'unit', unit: unit.restore() };
    held = [];
  };
  for (const unit of units) {
    if (unit === undefined) {
      yield undefined;
      continue;
    }
    const record = encode(unit);
    const known = index.find(record);
    if (known === undefined || known.ordinal !== held.length || !isSamePart(held, known)) yield* release();
    if (known === undefined || known.ordinal !== held.length) {
      const { entries, range } = unit;
      yield { kind: 'unit', unit: { entries, range, record: known?.record ?? Buffer.from(record), known } };
      continue;
    }
    held.push(knownUnit(known, unit, rootDevice));
    if (held.length === known.part.unitCount) {
      yield { kind: 'part', part: known.part, units: held };
      held = [];
    } else {
      yield undefined;
    }
  }
  const seal = index.peek();
  const isLast = seal !== undefined && seal.record.length === 0 && seal.ordinal === held.length;
  if (isLast && isSamePart(held, seal)) {
    yield { kind: 'last-part', part: seal.part, units: held, sealDigest: seal.sum.digest };
  } else {
    yield* release();
  }
}

function knownUnit(known: IndexedUnit, unit: Unit, rootDevice: number): KnownUnit {
  const { record } = known;
  return {
    known,
    ...countFiles(unit),
    restore: () => ({ ...decodeUnitRecord(record, rootDevice), record, known }),
  };
}

function isSamePart(held: readonly KnownUnit[], unit: IndexedUnit): boolean {
  return held.length === 0 || held[0]!.known.part === unit.part;
}
