import { describe, expect, test } from 'vitest';
import { htmlToText, isHtml } from './html-text.ts';

describe('HTML to text', () => {
  test.each([
    ['words hidden by comments come together', 'mort<!-- x -->gage', 'mortgage'],
    ['inline tags do not split words', 'v<b>i</b>agra', 'viagra'],
    ['block tags end a line', 'one<br>two', 'one\ntwo'],
    ['entities are decoded, unknown ones kept', '&lt;5&nbsp;&#8364; &#x41; &bogus;', '<5 € A &bogus;'],
    ['style and script are not seen', 'a<style>p { color: red }</style>b', 'a\nb'],
    [
      'links and pictures leave a trace',
      '<a href="http://x.example/">go</a><img src=p.gif>',
      ' http://x.example/ go _picture_ \n',
    ],
    ['a bare bracket is text', '1 < 2 and 3 > 2', '1 < 2 and 3 > 2'],
    ['what is never closed ends the text', 'seen <p title="lost', 'seen \n'],
    ['an impossible character is a space', 'a&#1114112;b&#0;c', 'a b c'],
  ])('%s', (_, html, text) => {
    expect(htmlToText(html)).toBe(text);
  });

  test('is told from plain text by its tags', () => {
    expect(isHtml('<TABLE border=0><tr>')).toBe(true);
    expect(isHtml('if (a < b && c > d) <foo@example.com>')).toBe(false);
  });
});
