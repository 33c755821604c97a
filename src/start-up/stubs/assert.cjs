// Stands in for node:assert in the bundles: loading Node's opens a stream on stderr, to learn whether it has colours.
module.exports = (condition, message = 'an assertion of undici does not hold') => {
  if (!condition) throw message instanceof Error ? message : new Error(message);
};
