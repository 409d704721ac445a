/** At most `length` characters of a text, and where there were more, how many: a table's cell holds no more than 32,768. */
export function cutText(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()}... (cut: ${text.length} characters)`;
}
