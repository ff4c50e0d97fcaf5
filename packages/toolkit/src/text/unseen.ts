/**
 * Characters that can't be seen, reorder or break a line, or control a terminal, as the inside of a class for a regular expression with the flag `u`.
 * Unicode itself lists those that are not shown, so that none is forgotten: fillers, selectors and tags, too.
 */
export const unseen: string = String.raw`\p{Default_Ignorable_Code_Point}\u2028-\u202e\ufff9-\ufffb`;
