/** True or false in one of the spellings that Go's `strconv.ParseBool` takes, and so docker, kubectl and Kaniko; undefined for any other text. */
export function parseBoolean(text: string): boolean | undefined {
  if (/^(?:1|t|T|true|TRUE|True)$/.test(text)) return true;
  return /^(?:0|f|F|false|FALSE|False)$/.test(text) ? false : undefined;
}
