export { createHttpsSource, type HttpsSourceOptions } from './https-source.ts';
