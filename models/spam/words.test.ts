import { describe, expect, test } from 'vitest';
import { cleanSubject } from './subject.ts';
import { wordsMax, wordsOf } from './words.ts';

const plainWords = (text: string) => wordsOf(text).filter((word) => word !== null);

describe('the words of a mail', () => {
  test('are lower case, in order, with a gap between sentences', () => {
    expect(wordsOf('Click here. Order NOW')).toEqual(['click', 'here', null, 'order', 'now']);
  });

  test('name what identifies someone or something by its kind only', () => {
    const text =
      'Pay $1,000 (20%) to bob@example.com, see http://shop.example/buy?id=7 or www.shop.example before 2002';
    expect(plainWords(text)).toEqual([
      'pay',
      '_money_',
      '_percent_',
      'to',
      '_address_',
      'see',
      '_url_',
      '_link_buy',
      'or',
      '_url_',
      'before',
      '_number_',
    ]);
  });

  test('tell a link that hides its host', () => {
    expect(plainWords('http://216.32.1.9:80/x')).toContain('_hidden_host_');
    expect(plainWords('http://bank.example/x')).not.toContain('_hidden_host_');
  });

  test('hold nothing that tells when or through whom a mail came', () => {
    expect(plainWords('On Thursday, Justin sent it to the spamassassin list in August')).toEqual([
      'on',
      'sent',
      'it',
      'to',
      'the',
      'list',
      'in',
    ]);
  });

  test('are those of the sender: no reply marks, attributions or footers', () => {
    const text = ['On Mon, 5 Aug, Tom wrote:', '> quoted text', 'answer', '', '-- ', 'the signature'].join(
      '\n',
    );
    expect(plainWords(text)).toEqual(['quoted', 'text', 'answer']);
  });

  test('end after a bounded number', () => {
    expect(plainWords('word '.repeat(10_000))).toHaveLength(wordsMax);
  });
});

describe('a subject', () => {
  test.each([
    ['Re: [ILUG] Re: hello', 'hello'],
    ['FW: Fwd: [a list] offer', 'offer'],
    ['=?iso-8859-1?Q?caf=E9_au_lait?=', 'café au lait'],
    ['=?UTF-8?B?SGVsbG8=?=', 'Hello'],
    ['[urgent', '[urgent'],
    ['Regarding: you', 'Regarding: you'],
  ])('%j is about %j', (subject, clean) => {
    expect(cleanSubject(subject)).toBe(clean);
  });
});
