// A value that views can follow.
import { useEffect, useState } from "preact/hooks";

export class Store<T extends object> {
  private readonly followers = new Set<() => void>();

  constructor(private current: T) {}

  get value(): T {
    return this.current;
  }

  /** Tells followers only when something did change. */
  set(change: Partial<T>): void {
    const keys = Object.keys(change) as (keyof T)[];
    if (keys.every((key) => Object.is(this.current[key], change[key]))) return;
    this.current = { ...this.current, ...change };
    for (const follower of [...this.followers]) follower();
  }

  follow(follower: () => void): () => void {
    this.followers.add(follower);
    return () => this.followers.delete(follower);
  }
}

export function useStore<T extends object>(store: Store<T>): T {
  const [, redraw] = useState({});
  useEffect(() => store.follow(() => redraw({})), [store]);
  return store.value;
}
