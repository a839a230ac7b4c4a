import { useRef } from 'react';

/**
 * Keys for calls that make something: the same for the same input as long as a form is shown, so that a call whose answer
 * was lost is made once, however often it is sent.
 */
export function useCallKey(): (input: unknown) => string {
  const last = useRef({ text: '', key: '' });
  return (input) => {
    const text = JSON.stringify(input);
    if (last.current.text !== text) last.current = { text, key: createKey() };
    return last.current.key;
  };
}

/** Pages have no more of `crypto` over plain HTTP. */
const createKey = () => crypto.getRandomValues(new Uint32Array(4)).join('-');
