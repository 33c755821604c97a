// Stands in for node:http2 in the bundles: undici loads it for connections that this resource never makes, at 4 ms a run.
module.exports = { constants: {} };
