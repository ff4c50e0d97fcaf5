/** A quantity as the API server prints it where that is simple: `0.5` becomes `500m`; the rest stays as written. */
export function formatQuantity(text: string): string {
  if (!/^\d*\.\d+$/.test(text)) return text;
  const thousandths = Number(text) * 1000;
  return thousandths % 1000 === 0 ? String(thousandths / 1000) : `${Math.ceil(thousandths)}m`;
}
