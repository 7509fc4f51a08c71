// Lines and words of a text of 1 MiB, character by character.
const SIZE = 1 << 20;
const SENTENCE = 'Data grows at the edge,\nand moving it to code is slow;\tso the code moves,  and the data stays.\n';
const TEXT = SENTENCE.repeat(Math.ceil(SIZE / SENTENCE.length)).slice(0, SIZE);

function count(text) {
  let lines = 0;
  let words = 0;
  let inside = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const space = code === 32 || (code >= 9 && code <= 13);
    if (code === 10) lines++;
    if (!space && !inside) words++;
    inside = !space;
  }
  return [lines, words, text.length];
}

export default function (request) {
  let counted = [];
  for (let run = 0; run < Number(request.query.runs); run++) counted = count(TEXT);
  return `${counted.join(' ')}\n`;
}
