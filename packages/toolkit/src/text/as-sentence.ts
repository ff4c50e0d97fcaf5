/**
 * A message as kanikit's begin and end: with a capital, and with a full stop unless it has an end already, as words of servers and programs often
 * have.
 */
export function asSentence(text: string): string {
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(start) ? start : `${start}.`;
}
