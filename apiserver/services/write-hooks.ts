// Reservations that must hold before a write is tried and be undone when it fails: `begin` runs before validation, on create and update;
// `deleted` once an object has gone. A write whose outcome is unknown is neither committed nor rolled back: a repair sees to it later.
import type { KubeObject } from '../../api/object.ts'

export interface Reservation {
  /** The write is stored. */
  commit(): Promise<void>
  /** It is not (a failure or a dry run). */
  rollback(): Promise<void>
}

export interface WriteHook {
  /** May set fields of `object`; throws StatusError. */
  begin(object: KubeObject, old: KubeObject | undefined, dryRun: boolean): Promise<Reservation>
  deleted(object: KubeObject): Promise<void>
}

/** By resource id. */
export type WriteHooks = Readonly<Record<string, WriteHook | undefined>>

export const noReservation: Reservation = { commit: () => Promise.resolve(), rollback: () => Promise.resolve() }
