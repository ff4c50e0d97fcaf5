/** Element name and what is in it; an element whose content is undefined is left out. */
export type XmlNode = readonly [
  name: string,
  content: string | number | boolean | readonly XmlNode[] | undefined,
];

/** A document of S3: a root element in S3's namespace (errors have none). */
export function renderXml(root: string, nodes: readonly XmlNode[]): string {
  const namespace = root === 'Error' ? '' : ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${namespace}>${nodes.map(renderNode).join('')}</${root}>`;
}

function renderNode([name, content]: XmlNode): string {
  if (content === undefined) return '';
  const inner = Array.isArray(content)
    ? (content as readonly XmlNode[]).map(renderNode).join('')
    : escapeXml(String(content));
  return `<${name}>${inner}</${name}>`;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"\u0000-\u001f\u007f]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** An element of a request document. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

interface OpenElement {
  readonly name: string;
  text: string;
  readonly children: XmlElement[];
}

/** Depth of what S3 defines is 3; deeper documents are not requests. */
const maximumDepth = 16;
const token =
  /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\/([^\s<>]+)\s*>|<([^\s<>/!?]+)(?:\s[^<>]*?)?(\/?)>|([^<]+)/y;

/**
 * Reads the small documents that S3 requests carry: elements, text, character references, CDATA; attributes are skipped
 * and there is no DTD, so there are no entities to expand. Undefined for anything that is not well formed.
 */
export function parseXml(document: string): XmlElement | undefined {
  const root: OpenElement = { name: '', text: '', children: [] };
  const open: OpenElement[] = [root];
  token.lastIndex = 0;
  while (token.lastIndex < document.length) {
    const match = token.exec(document);
    const top = open.at(-1);
    if (match === null || top === undefined) return undefined;
    const [, cdata, closed, opened, selfClosing, text] = match;
    if (cdata !== undefined) top.text += cdata;
    if (text !== undefined) top.text += unescapeXml(text);
    if (closed !== undefined) {
      if (open.length === 1 || top.name !== localName(closed)) return undefined;
      open.pop();
    }
    if (opened !== undefined) {
      const element: OpenElement = { name: localName(opened), text: '', children: [] };
      top.children.push(element);
      if (selfClosing !== '/') open.push(element);
      if (open.length > maximumDepth) return undefined;
    }
  }
  return open.length === 1 && root.children.length === 1 && root.text.trim() === ''
    ? root.children[0]
    : undefined;
}

/** Text of the first child with this name. */
export function childText(element: XmlElement, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w+));/g, (whole, hex, decimal, name) => {
    if (name !== undefined) return named[name as string] ?? (whole as string);
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex as string, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : (whole as string);
  });
}
