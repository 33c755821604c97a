// Stands in for what undici's Client loads and this resource never runs: HTTP/2, which it does not ask for.
module.exports = {};
