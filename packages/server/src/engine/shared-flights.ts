import type { Priority } from './engine-types.ts';
import type { Flight } from './flight.ts';

/** The flights that others may join who ask the same, by the key of their input. */
export class SharedFlights {
  readonly #flights = new Map<string, Flight>();

  /** A low-priority flight may wait for long: a high-priority request does not join it. */
  find(key: string | null, priority: Priority = 'high'): Flight | undefined {
    const flight = key === null ? undefined : this.#flights.get(key);
    return flight?.priority === 'high' || priority === 'low' ? flight : undefined;
  }

  add(flight: Flight): void {
    if (flight.key !== null) this.#flights.set(flight.key, flight);
  }

  /** From here on, nobody can join. */
  land(flight: Flight): void {
    if (flight.key !== null && this.#flights.get(flight.key) === flight) this.#flights.delete(flight.key);
  }
}
