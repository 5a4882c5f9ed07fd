// How texts are compared: folded, to tell whether two tags are one; plain, without accents, to search.

const LETTERS: Record<string, string> = {
  ł: "l",
  ø: "o",
  đ: "d",
  ħ: "h",
  ŧ: "t",
  ı: "i",
  ð: "d",
  þ: "th",
  æ: "ae",
  œ: "oe",
  ŋ: "n",
}
const OF_THEIR_OWN = "йїўѓќ"
const MARKS = /[\u0300-\u036f]|[\u0483-\u0487]|[\u1ab0-\u1aff]|[\u1dc0-\u1dff]|[\ufe20-\ufe2f]/g
const ACCENTED = /[\u0080-\u052f]|[\u1ab0-\u1aff]|[\u1dc0-\u1fff]|[\ufe20-\ufe2f]/g

export function fold(text: string): string {
  return text.toLowerCase().normalize("NFKC")
}

/** Returns the text without capitals and accents, as the server's `host/store/read_model/plain.py` does. */
export function plain(text: string): string {
  // By way of capitals ß becomes ss, as it does on the server.
  const folded = text.normalize("NFKC").toLowerCase().toUpperCase().toLowerCase().normalize("NFKC").replaceAll("ς", "σ")
  return folded.replace(ACCENTED, (sign) => (OF_THEIR_OWN.includes(sign) ? sign : withoutMarks(sign)))
}

function withoutMarks(sign: string): string {
  const letters = sign.normalize("NFD").replace(MARKS, "").normalize("NFC")
  return [...letters].map((it) => LETTERS[it] ?? it).join("")
}
