/** Words beyond this many are not read: a mail shows its nature early, and the cost of the longest stays bounded. */
export const wordsMax = 2000;

/**
 * Words that tell when or through whose hands the training mails came, not what they are about: days and months, the
 * collectors' machines, their lists and feeds, and the people who wrote there most. The model must not learn them.
 */
const ignoredWords = new Set(
  (
    'mon tue tues wed thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday sunday ' +
    'jan feb mar apr jun jul aug sep sept oct nov dec january february march april june july august september ' +
    'october november december am pm gmt edt est pst pdt ist bst cet ' +
    'spamassassin spamassasin sa razor razor-report exmh unseen ilug zzzz zzzzteana yyyy jmason jm netnoteinc taint ' +
    'slashnull sourceforge geocrawler thinkgeek osdn fork xent freshrpms zdnet cnet shopper bits rh supplied sidebar ' +
    'gx discuss gsolb boing wrote writes fwd dublin irish ireland ' +
    'adam angles beberg bob chris craig dave david duncan eirikur gary geege greg harley hettinga ian jim joe justin ' +
    'kate kevin khare matthew matthias owen paul pudge quinlan robert robin rohit theo tim tom tony vipul'
  ).split(' '),
);

/** Lines that a mail program or mailing list wrote, not the sender. */
const machineLine =
  /^(?:(?:url|from|to|cc|bcc|date|sent|subject|message-id|reply-to|received|content-[a-z-]+|x-[a-z-]+|delivered-to|return-path):|-----|begin pgp|link\[\d+\]|\[\d+\]\s*https?:|.{0,200}\b(?:wrote|writes|said|schrieb):$|.*\b(?:mailing list|listinfo|mailman|yahoo! groups|unsubscribe from this group|email is sponsored by)\b)/i;

/** Where a signature or a mailing list's footer starts, if it stands near the end. */
const footerMark = /^(?:--|_{10,}|-{20,}|={20,}|-{10,} yahoo! groups sponsor.*)$/i;
const footerLinesMax = 15;

/**
 * The words of a text in order, lower case; addresses, sums of money and numbers by their kind only. `null` stands
 * between sentences and lines apart, across which two words are no pair.
 */
export function wordsOf(text: string): (string | null)[] {
  const words: (string | null)[] = [];
  for (const line of senderLines(text)) {
    for (const [, word, stop] of nameKinds(line).matchAll(wordOrStop)) {
      if (words.length >= wordsMax) return words;
      if (stop !== undefined) words.push(null);
      else if (word !== undefined && isWord(word)) words.push(word.replaceAll('’', "'"));
    }
    if (line === '') words.push(null);
  }
  return words;
}

const wordOrStop = /([\p{L}_][\p{L}\p{M}_'’-]*)|([.!?;:]+(?=\s|$))/gu;

function isWord(word: string): boolean {
  return word.length > 1 && word.length <= 24 && !ignoredWords.has(word);
}

/** The lines the sender wrote, without reply marks. */
function senderLines(text: string): string[] {
  const lines = text.split('\n').map((line) => line.replace(/^[>|\s]+/, '').trimEnd());
  while (lines.at(-1) === '') lines.pop();
  const footer = lines.findIndex(
    (line, index) => index >= lines.length - footerLinesMax && footerMark.test(line.trim()),
  );
  // a text that starts with such a line has no other content
  const own = footer > 0 ? lines.slice(0, footer) : lines;
  return own.filter((line) => !machineLine.test(line.slice(0, 400)));
}

/** Lower case; what identifies someone or something becomes the name of its kind. */
function nameKinds(line: string): string {
  return line
    .toLowerCase()
    .normalize('NFKC')
    .replace(/\b(?:https?|ftp):\/\/\S+|\bwww\.\S+/g, nameLink)
    .replace(/\bmailto:\S+/g, ' _mailto_ ')
    .replace(/[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}/g, ' _address_ ')
    .replace(/\b[a-z0-9-]{1,63}(?:\.[a-z0-9-]{2,63}){1,5}\b/g, ' _host_ ')
    .replace(/[$£€]\s{0,2}\d[\d.,]*/g, ' _money_ ')
    .replace(/\d[\d.,]*\s?%/g, ' _percent_ ')
    .replace(/\d[\d.,:/-]*/g, ' _number_ ');
}

/** Words of a link's path that tell what it is for and not whose it is. */
const linkWords = new Set(
  'affiliate apply asp buy cgi click exit form free go html images img index jpg join mail offer opt optout order out page php ref remove removal sign signup track unsubscribe'.split(
    ' ',
  ),
);

/** A link without what would tell whose mail it is: whether it hides its host, and the known words of its path. */
function nameLink(link: string): string {
  const [, host = '', path = ''] = /^(?:[a-z]+:\/\/)?([^/?#]*)(.{0,300})/.exec(link) ?? [];
  const words = path.match(/[a-z]+/g)?.filter((word) => linkWords.has(word)) ?? [];
  const isHidden = /^[\d.]+(?::\d+)?$|[@%]/.test(host);
  return [
    '',
    '_url_',
    ...(isHidden ? ['_hidden_host_'] : []),
    ...words.slice(0, 5).map((word) => `_link_${word}`),
    '',
  ].join(' ');
}
