interface Page<Item, Cursor extends string> {
  readonly items: readonly Item[];
  readonly nextCursor: Cursor | null;
}

/**
 * The items of all pages, one after another. A page is asked for when the one before has been read, so that whoever
 * stops early costs the server no more.
 */
export async function* eachItem<Item, Cursor extends string>(
  getPage: (cursor: Cursor | undefined) => Promise<Page<Item, Cursor>>,
): AsyncGenerator<Item, void> {
  let cursor: Cursor | undefined;
  do {
    const page = await getPage(cursor);
    yield* page.items;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}
