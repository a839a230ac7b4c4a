/** Shows another page in the place of this one, which going back does not find again. */
export function leaveTo(hash: string): void {
  window.history.replaceState(null, '', hash);
  // replacing says nothing by itself
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}
