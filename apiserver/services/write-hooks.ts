// Reservations that must hold before a write is tried and be undone when it fails: `begin` runs after validation, on create and update;
// `deleted` once an object has gone.
import type { KubeObject } from '../../api/object.ts'

export interface Reservation {
  /** The write is stored. */
  commit(): void
  /** It is not (a failure or a dry run). */
  rollback(): void
}

export interface WriteHook {
  /** May set fields of `object`; throws StatusError. */
  begin(object: KubeObject, old: KubeObject | undefined, dryRun: boolean): Reservation
  deleted(object: KubeObject): void
}

/** By resource id. */
export type WriteHooks = Readonly<Record<string, WriteHook | undefined>>

export const noReservation: Reservation = { commit: () => undefined, rollback: () => undefined }
