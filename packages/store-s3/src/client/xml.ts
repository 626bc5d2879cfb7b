const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Lists the texts of all elements of this name, none of which has others inside. */
export function listElements(xml: Uint8Array | string, name: string): string[] {
  const text = typeof xml === 'string' ? xml : new TextDecoder().decode(xml);
  return [...text.matchAll(new RegExp(`<${name}>([^]*?)</${name}>`, 'g'))].map(([, inner = '']) =>
    inner.replaceAll(/&(\w+);/g, (entity, known: string) => ENTITIES[known] ?? entity),
  );
}

/** The text of the first element of this name. */
export function readElement(xml: Uint8Array | string, name: string): string | undefined {
  return listElements(xml, name)[0];
}
