export { isKanikitError, KanikitError, type KanikitErrorOptions } from './errors.ts';
