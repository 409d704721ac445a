/** A text cut to `length` characters, with a note of its full length: a table cell holds at most 32,768 characters. */
export function cutText(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()}... (cut: ${text.length} characters)`;
}
