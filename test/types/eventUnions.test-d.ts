import { filter, type Observable } from 'rxjs';
import type { FolderChange } from 'rx-llamacloud/watchFolder';
import { expectTypeOf, it } from 'vitest';
import type {
  ActivityEvent,
  AgentDataChange,
  ChatBlock,
  ChatEvent,
  DirectoryChange,
  DirectoryFile,
  FanOutUploadEvent,
  FolderEntry,
  SeenAgentDataChange,
  SseConnectionEvent,
  SyncFolderEvent,
  UIMessageChunk,
  UploadEvent,
} from '../../src/index.ts';

/** The members of a union whose `type` can be more than one thing: what a filter by `type` does not narrow. */
type Vague<E> = E extends { readonly type: infer T } ? (IsUnion<T> extends true ? E : never) : E;
type IsUnion<T, U = T> = T extends U ? ([U] extends [T] ? false : true) : never;

it('has one member a type in each union of events', () => {
  expectTypeOf<Vague<ActivityEvent>>().toBeNever();
  expectTypeOf<Vague<AgentDataChange>>().toBeNever();
  expectTypeOf<Vague<SeenAgentDataChange>>().toBeNever();
  expectTypeOf<Vague<ChatBlock>>().toBeNever();
  expectTypeOf<Vague<ChatEvent>>().toBeNever();
  expectTypeOf<Vague<DirectoryChange>>().toBeNever();
  expectTypeOf<Vague<FanOutUploadEvent<FolderEntry>>>().toBeNever();
  expectTypeOf<Vague<FolderEntry>>().toBeNever();
  expectTypeOf<Vague<FolderChange>>().toBeNever();
  expectTypeOf<Vague<SseConnectionEvent>>().toBeNever();
  expectTypeOf<Vague<SyncFolderEvent>>().toBeNever();
  expectTypeOf<Vague<UIMessageChunk>>().toBeNever();
  expectTypeOf<Vague<UploadEvent<DirectoryFile>>>().toBeNever();
});

it('narrows what is filtered by type', () => {
  const changes = undefined as unknown as Observable<DirectoryChange>;
  expectTypeOf(changes.pipe(filter((event) => event.type === 'added'))).toEqualTypeOf<
    Observable<{ readonly type: 'added'; readonly file: DirectoryFile }>
  >();
});
