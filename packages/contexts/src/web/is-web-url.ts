/** True for what begins like a URL of http or https. */
export function isWebUrl(text: string): boolean {
  return /^https?:\/\//i.test(text);
}
