import { containersOf } from './containers.ts';
import type { Delivery } from './delivery.ts';
import type { Operation } from './operation.ts';
import type { Change, Persistence } from './persistence.ts';
import type { Resource, ResourceType } from './resource-type.ts';

/** What was there before it was overwritten, by key; `undefined` = it was not there. */
export type Past = Map<string, Resource | undefined>;

/**
 * The state of the estate: maps in memory, written through to the persistence by `commit`. All changes of one
 * request are committed together, so that what is on disk is always the state between two requests.
 */
export class Store {
  readonly operations = new Map<string, Operation>();
  readonly running = new Map<string, Operation>();
  readonly deliveries = new Map<string, Delivery>();
  readonly #resources = new Map<string, Resource>();
  readonly #index = new Map<string, Map<string, Resource>>();
  readonly #holders = new Map<string, string>();
  readonly #persistence: Persistence;
  readonly #types: ReadonlyMap<string, ResourceType>;
  readonly #pasts = new Set<Past>();
  #changes = new Map<string, Change>();

  constructor(persistence: Persistence, types: ReadonlyMap<string, ResourceType>) {
    this.#persistence = persistence;
    this.#types = types;
    for (const { kind, value } of persistence.load()) {
      if (kind === 'resource') this.#insert(value);
      else if (kind === 'operation') this.#keepOperation(value);
      else this.deliveries.set(value.id, value);
    }
  }

  /** The resource with this id, whatever its casing. */
  get(id: string): Resource | undefined {
    return this.#resources.get(id.toLowerCase());
  }

  get size(): number {
    return this.#resources.size;
  }

  /** All resources, in the order in which they were made. */
  all(): Iterable<Resource> {
    return this.#resources.values();
  }

  /** Resources of a type; with a container (subscription, group, parent or scope) only those directly filed under it. */
  list(type: string, container = ''): readonly Resource[] {
    return [...(this.#index.get(entry(type, container))?.values() ?? [])];
  }

  /** Resources that declared this reference (`references` of their type). */
  referring(reference: string): readonly Resource[] {
    return [...(this.#index.get(`>${reference.toLowerCase()}`)?.values() ?? [])];
  }

  put(resource: Resource): void {
    this.#keepFormer(resource.key);
    this.#insert(resource);
    this.#record({ kind: 'resource', key: resource.key, value: resource });
  }

  remove(id: string): void {
    const key = id.toLowerCase();
    if (!this.#resources.has(key)) return;
    this.#keepFormer(key);
    this.#take(key);
    this.#record({ kind: 'resource', key, value: null });
  }

  putOperation(operation: Operation): void {
    this.#keepOperation(operation);
    this.#record({ kind: 'operation', key: operation.id, value: operation });
  }

  removeOperation(id: string): void {
    this.operations.delete(id);
    this.#record({ kind: 'operation', key: id, value: null });
  }

  /** The running operation that holds this resource exclusively. */
  holderOf(id: string): Operation | undefined {
    const holder = this.#holders.get(id.toLowerCase());
    return holder === undefined ? undefined : this.running.get(holder);
  }

  putDelivery(delivery: Delivery): void {
    this.deliveries.set(delivery.id, delivery);
    this.#record({ kind: 'delivery', key: delivery.id, value: delivery });
  }

  removeDelivery(id: string): void {
    this.deliveries.delete(id);
    this.#record({ kind: 'delivery', key: id, value: null });
  }

  /** Begins to keep what is overwritten from now on, until it is forgotten. */
  remember(): Past {
    const past: Past = new Map();
    this.#pasts.add(past);
    return past;
  }

  forget(past: Past): void {
    this.#pasts.delete(past);
  }

  /** Reads resources as they were when the past began. `read` must not write. */
  readPast<Result>(past: Past, read: () => Result): Result {
    const present = this.#swap(past);
    try {
      return read();
    } finally {
      this.#swap(present);
    }
  }

  /** Writes all changes since the last commit, together. */
  commit(): void {
    if (this.#changes.size === 0) return;
    this.#persistence.write([...this.#changes.values()]);
    this.#changes = new Map();
  }

  #record(change: Change): void {
    this.#changes.set(`${change.kind} ${change.key}`, change);
  }

  #keepOperation(operation: Operation): void {
    this.operations.set(operation.id, operation);
    if (operation.status === 'InProgress') {
      this.running.set(operation.id, operation);
      for (const key of operation.holds) this.#holders.set(key, operation.id);
      return;
    }
    this.running.delete(operation.id);
    for (const key of operation.holds) if (this.#holders.get(key) === operation.id) this.#holders.delete(key);
  }

  #keepFormer(key: string): void {
    for (const past of this.#pasts) if (!past.has(key)) past.set(key, this.#resources.get(key));
  }

  /** Puts other resources in the place of those that are there, which it returns. */
  #swap(others: Past): Past {
    const replaced: Past = new Map([...others.keys()].map((key) => [key, this.#resources.get(key)]));
    for (const [key, other] of others) {
      if (other === undefined) this.#take(key);
      else this.#insert(other);
    }
    return replaced;
  }

  #take(key: string): void {
    const resource = this.#resources.get(key);
    this.#resources.delete(key);
    if (resource !== undefined) this.#unfile(resource, this.#entries(resource));
  }

  // A resource that is written again keeps its place, so that a list being paged through does not lose it.
  #insert(resource: Resource): void {
    const entries = this.#entries(resource);
    const former = this.#resources.get(resource.key);
    if (former !== undefined)
      this.#unfile(
        former,
        this.#entries(former).filter((name) => !entries.includes(name)),
      );
    this.#resources.set(resource.key, resource);
    for (const name of entries) {
      const known = this.#index.get(name);
      if (known === undefined) this.#index.set(name, new Map([[resource.key, resource]]));
      else known.set(resource.key, resource);
    }
  }

  #unfile(resource: Resource, entries: readonly string[]): void {
    for (const name of entries) {
      const known = this.#index.get(name);
      known?.delete(resource.key);
      if (known?.size === 0) this.#index.delete(name);
    }
  }

  #entries({ key, body }: Resource): readonly string[] {
    const type = body.type.toLowerCase();
    const references = this.#types.get(type)?.references?.(body) ?? [];
    const containers = containersOf(key).map((container) => `${type} ${container}`);
    return [...containers, ...references.map((reference) => `>${reference.toLowerCase()}`)];
  }
}

function entry(type: string, container: string): string {
  return `${type} ${container}`.toLowerCase();
}
