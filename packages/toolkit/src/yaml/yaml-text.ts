import { YamlError } from './yaml-error.ts';

/**
 * The text of a file with YAML or JSON: UTF-8, or what the marks of UTF-16 say, as kubectl reads it. PowerShell before 7 writes UTF-16.
 *
 * @throws YamlError for bytes that are no text
 */
export function yamlText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const isLittle = first === 0xff && second === 0xfe;
  const encoding = isLittle ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new YamlError(`it is not text in ${encoding === 'utf-8' ? 'UTF-8' : 'UTF-16'}`);
  }
}
