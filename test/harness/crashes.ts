import assert from "node:assert/strict";
import type { Write } from "../../operator/kube/client.ts";
import { until } from "./until.ts";
import type { Running, World } from "./world.ts";

/** Objects of one kind, for the differential oracle. */
export interface Subject {
  readonly world: World;
  /** More writes than a new object ever takes. */
  readonly mostWrites: number;
  /** A name that no object has had, or the same one for the same purpose. */
  name(purpose: string): string;
  path(name: string): string;
  start(options?: { readonly crashAfter?: ReadonlyMap<string, number> }): Promise<Running>;
  apply(name: string): Promise<unknown>;
  /** The object and all that it owns, without what differs from one run to another. */
  snapshot(name: string): Promise<object>;
}

/** How an object ends that nothing happens to, and how often each of its objects was written. */
export interface Undisturbed {
  readonly state: object;
  readonly writes: Readonly<Record<string, number>>;
}

export async function undisturbed(subject: Subject): Promise<Undisturbed> {
  const running = await subject.start();
  const name = subject.name("ref");
  await subject.apply(name);
  await until(`${name} is ready`, () => isReady(subject, name));
  await subject.world.quiet(running);
  const state = await subject.snapshot(name);
  await running.stop();
  return { state, writes: counted(running.writes, name) };
}

/**
 * The differential oracle: the same object is made again and again, each time by an operator that can write no more after
 * write i; another operator goes on. The end, and what was written to get there, must be those of an object that nothing
 * happened to. Answers the names of the objects.
 */
export async function makeThroughCrashes(
  subject: Subject,
  reference: Undisturbed,
): Promise<ReadonlyMap<string, number>> {
  const { world, mostWrites } = subject;
  const writes = Array.from({ length: mostWrites }, (_, i) => i);
  const crashAfter = new Map(writes.map((i) => [subject.name(`crash-${i}`), i]));
  const dying = await subject.start({ crashAfter });
  for (const name of crashAfter.keys()) await subject.apply(name);
  let survivors = 0;
  for (const [name, i] of crashAfter) {
    const done = async () => written(dying, name) === i || (await isReady(subject, name));
    await until(`write ${i}`, done);
    if (written(dying, name) < i) survivors += 1;
  }
  assert.ok(survivors > 0, "a crash after each write was tried");
  await dying.stop();
  const next = await subject.start();
  for (const name of crashAfter.keys()) {
    await until(`${name} is ready`, () => isReady(subject, name));
  }
  await world.quiet(next);
  for (const [name, i] of crashAfter) {
    assert.deepEqual(await subject.snapshot(name), reference.state, `after write ${i}`);
    const all = counted([...dying.writes, ...next.writes], name);
    assert.deepEqual(all, reference.writes, `after write ${i}`);
  }
  await next.stop();
  return crashAfter;
}

/** Writes of an object and of what it owns. */
export function written({ writes }: Running, name: string): number {
  return writes.filter((write) => write.name.includes(name)).length;
}

/** How often each object was written; how often the status tells of progress depends on the pods. */
function counted(writes: readonly Write[], of: string): Record<string, number> {
  const all: Record<string, number> = {};
  for (const { verb, kind, name } of writes) {
    if (verb === "applyStatus" || !name.includes(of)) continue;
    const key = `${verb} ${kind.kind} ${name.replace(of, "NAME")}`;
    all[key] = (all[key] ?? 0) + 1;
  }
  return all;
}

async function isReady({ world, path }: Subject, name: string): Promise<boolean> {
  const live = await world.user.get(path(name));
  const conditions: { type: string; status: string }[] = live?.["status"]?.conditions ?? [];
  return conditions.some(({ type, status }) => type === "Ready" && status === "True");
}
