/** For `npm run test:unit`: a tenth of the cases of a test that has thousands. */
export const isQuick = process.env['QUICK'] !== undefined;
