import { describe, expect, test } from 'vitest';
import { readMail } from './mail-source.ts';

const lines = (...all: string[]) => all.join('\n');

describe('reading a mail', () => {
  test('plain text is its own text', () => {
    expect(readMail('Hello Anna,\n\nsee you.')).toEqual({
      subject: null,
      text: 'Hello Anna,\n\nsee you.',
      html: '',
    });
  });

  test('of pasted headers the subject stays', () => {
    const source = lines(
      'From: tom@example.com',
      'To: anna@example.com',
      'Subject: A long',
      '  subject',
      '',
      'Hello',
    );
    expect(readMail(source)).toMatchObject({ subject: 'A long subject', text: 'Hello' });
  });

  test('a first line that only looks like a header is text', () => {
    const source = lines('Note: bring your shoes', '', 'See you there');
    expect(readMail(source)).toMatchObject({ subject: null, text: source });
  });

  test('HTML becomes what a reader sees', () => {
    const { text, html } = readMail(
      '<html><body><p>Fish &amp; chips</p><script>alert(1)</script></body></html>',
    );
    expect(text.trim()).toBe('Fish & chips');
    expect(html).toContain('<p>');
  });

  test('of alternatives the plain one is read', () => {
    const source = lines(
      'MIME-Version: 1.0',
      'Content-Type: multipart/alternative; boundary="b"',
      '',
      'for old programs',
      '--b',
      'Content-Type: text/plain',
      '',
      'plain',
      '--b',
      'Content-Type: text/html',
      '',
      '<p>page</p>',
      '--b--',
      'a list footer',
    );
    expect(readMail(source)).toMatchObject({ text: 'plain', html: '<p>page</p>' });
  });

  test('mixed parts are read one after another, attachments left out', () => {
    const source = lines(
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/html',
      '',
      '<p>page</p>',
      '--b',
      'Content-Type: image/png',
      'Content-Transfer-Encoding: base64',
      '',
      'AAAA',
      '--b',
      'Content-Type: text/plain',
      '',
      'plain',
      '--b--',
    );
    expect(readMail(source).text).toMatch(/^page\s+plain$/);
  });

  test('one boundary may be the start of another', () => {
    const source = lines(
      'Content-Type: multipart/mixed; boundary="b"',
      '',
      '--b',
      'Content-Type: multipart/alternative; boundary="bb"',
      '',
      '--bb',
      'Content-Type: text/plain',
      '',
      'inside',
      '--bb--',
      '--b--',
    );
    expect(readMail(source).text).toBe('inside');
  });

  test('parts nested without end are dropped, not followed', () => {
    const nested = Array.from(
      { length: 200 },
      (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`,
    ).join('');
    expect(readMail(`${nested}Content-Type: text/plain\n\nhidden`).text).toBe('');
  });

  test.each([
    ['quoted-printable', 'caf=C3=A9 or caf=E9, one=\n word', 'café or café, one word'],
    ['quoted-printable', '100% =ZZ wrong =', '100% =ZZ wrong ='],
    ['base64', 'SGVsbG8=\n_____\nlist footer', 'Hello\n_____\nlist footer'],
  ])('decodes %s softly', (encoding, body, text) => {
    expect(readMail(`Content-Transfer-Encoding: ${encoding}\n\n${body}`).text).toBe(text);
  });
});
