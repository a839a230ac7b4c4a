/** What stands in a field. */
export function textIn(data: FormData, name: string): string {
  const value = data.get(name);
  return typeof value === 'string' ? value : '';
}

/** The boxes of a group that are ticked. */
export function valuesIn(data: FormData, name: string): string[] {
  return data.getAll(name).filter((value) => typeof value === 'string');
}
